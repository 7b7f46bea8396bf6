# The page of one service for browsers: static files in a bucket, and CloudFront before it under a name of its own. The service itself is not
# behind it: the page calls that by its own name, as every client does (docs/decisions/pages.md).
locals {
  full_name = "${var.name}-${var.service}-web"
  files     = "${local.full_name}-${var.account}"
  edge      = "us-east-1" # where CloudFront is told of certificates and logs
}

resource "aws_cloudfront_origin_access_control" "main" {
  name                              = local.full_name
  description                       = "CloudFront signs what it asks of the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "main" {
  # checkov:skip=CKV_AWS_68:Files that everybody may read, and nothing is done with what is sent: a firewall would have nothing to keep out, for 6 dollars a month. The service has its own
  # checkov:skip=CKV2_AWS_47:No firewall is before it, for the reason above
  # checkov:skip=CKV_AWS_86:It is logged the newer way, below: CloudWatch's delivery needs no bucket with ACLs, and leaves out the query, in which a sign-in has its code
  # checkov:skip=CKV_AWS_310:S3 keeps a bucket in three zones at least; a second region would want a copy of each file there
  # checkov:skip=CKV_AWS_374:Customers are where they are
  enabled             = true
  comment             = local.full_name
  aliases             = [var.host]
  default_root_object = "index.html"
  http_version        = "http2and3"
  is_ipv6_enabled     = true

  origin {
    origin_id                = "files"
    domain_name              = aws_s3_bucket.main.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.main.id
  }

  default_cache_behavior {
    target_origin_id           = "files"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = "658327ea-f89d-4fab-a63d-7e88639e58f6" # AWS's CachingOptimized: as long as Cache-Control says; no-cache is a second
    response_headers_policy_id = aws_cloudfront_response_headers_policy.main.id
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = local.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

# ---- Headers ----

locals {
  policy = replace(var.headers["Content-Security-Policy"], "connect-src 'self'", join(" ", concat(["connect-src 'self'"], var.connects)))

  # CloudFront has fields of its own for these, and takes them nowhere else.
  fields = ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"]
}

resource "aws_cloudfront_response_headers_policy" "main" {
  # checkov:skip=CKV_AWS_259:It is said for this name; that all names under it are HTTPS for good, in each browser's own list, is for whoever has the domain to say
  name    = local.full_name
  comment = "Those of headers.json, and HTTPS from now on"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.policy
      override                = true
    }

    content_type_options {
      override = true
    }

    referrer_policy {
      referrer_policy = var.headers["Referrer-Policy"]
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      override                   = true
    }
  }

  custom_headers_config {
    dynamic "items" {
      for_each = { for name, value in var.headers : name => value if !contains(local.fields, name) }

      content {
        header   = items.key
        value    = items.value
        override = true
      }
    }
  }

  lifecycle {
    precondition {
      condition     = strcontains(local.policy, "connect-src 'self' ")
      error_message = "The page's Content-Security-Policy has no connect-src 'self' for the origins that it asks."
    }
  }
}

# ---- Certificate and names ----

locals {
  certificate_arn = var.certificate_arn == null ? aws_acm_certificate_validation.main[0].certificate_arn : var.certificate_arn
  proven          = var.certificate_arn == null ? toset([var.host]) : toset([])
}

resource "aws_acm_certificate" "main" {
  count             = length(local.proven)
  region            = local.edge
  domain_name       = var.host
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  proofs = { for host in local.proven : host => one([for proof in aws_acm_certificate.main[0].domain_validation_options : proof if proof.domain_name == host]) }
}

resource "aws_route53_record" "proof" {
  for_each = local.proven

  zone_id         = var.zone_id
  name            = local.proofs[each.key].resource_record_name
  type            = local.proofs[each.key].resource_record_type
  records         = [local.proofs[each.key].resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "main" {
  count                   = length(local.proven)
  region                  = local.edge
  certificate_arn         = aws_acm_certificate.main[0].arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}

resource "aws_route53_record" "host" {
  for_each = var.zone_id == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.zone_id
  name    = var.host
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.main.domain_name
    zone_id                = aws_cloudfront_distribution.main.hosted_zone_id
    evaluate_target_health = false
  }
}

# ---- Access logs ----

resource "aws_cloudwatch_log_delivery_source" "access" {
  region       = local.edge
  name         = local.full_name
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.main.arn
}

resource "aws_cloudwatch_log_delivery_destination" "access" {
  region        = local.edge
  name          = local.full_name
  output_format = "w3c"

  delivery_destination_configuration {
    destination_resource_arn = var.logs_bucket_arn
  }
}

resource "aws_cloudwatch_log_delivery" "access" {
  region                   = local.edge
  delivery_source_name     = aws_cloudwatch_log_delivery_source.access.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.access.arn

  # Without the query, in which the issuer's code comes back, and without cookies.
  record_fields = [
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status", "cs(User-Agent)",
    "x-edge-result-type", "x-edge-request-id", "cs-protocol", "time-taken", "ssl-protocol", "cs-protocol-version",
  ]
}
