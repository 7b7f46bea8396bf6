# The page of a service: who may read its files, what a browser is told with them, and what the page is told.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name            = "shop-test"
  service         = "desk"
  account         = "123456789012"
  host            = "help.example.com"
  zone_id         = "Z1"
  certificate_arn = null
  headers = {
    "Content-Security-Policy"    = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    "Cross-Origin-Opener-Policy" = "same-origin"
    "Referrer-Policy"            = "no-referrer"
    "X-Content-Type-Options"     = "nosniff"
  }
  connects            = ["https://desk.example.com", "https://login.example.com"]
  config              = { api = "https://desk.example.com/mcp", client_id = "page", scope = "" }
  logs_bucket_arn     = "arn:aws:s3:::shop-test-logs-123456789012"
  deletion_protection = true
}

run "page" {
  module {
    source = "./modules/cdn"
  }

  assert {
    condition = (
      aws_cloudfront_distribution.main.aliases == toset(["help.example.com"]) &&
      aws_cloudfront_distribution.main.default_root_object == "index.html" &&
      aws_cloudfront_distribution.main.http_version == "http2and3" && aws_cloudfront_distribution.main.is_ipv6_enabled
    )
    error_message = "The page is there under its name, over HTTP/3 and IPv6 too."
  }
  assert {
    condition = (
      one(aws_cloudfront_distribution.main.viewer_certificate).minimum_protocol_version == "TLSv1.2_2021" &&
      one(aws_cloudfront_distribution.main.viewer_certificate).ssl_support_method == "sni-only" &&
      one(aws_cloudfront_distribution.main.default_cache_behavior).viewer_protocol_policy == "redirect-to-https"
    )
    error_message = "TLS 1.2 and 1.3, and nothing without."
  }
  assert {
    condition = (
      length(aws_cloudfront_distribution.main.origin) == 1 &&
      one(aws_cloudfront_distribution.main.origin).origin_access_control_id == aws_cloudfront_origin_access_control.main.id &&
      aws_cloudfront_origin_access_control.main.signing_behavior == "always" && aws_cloudfront_origin_access_control.main.signing_protocol == "sigv4"
    )
    error_message = "Its only origin is the bucket, and each request of it is signed."
  }
  assert {
    condition = (
      one(aws_cloudfront_distribution.main.default_cache_behavior).allowed_methods == toset(["GET", "HEAD"]) &&
      one(aws_cloudfront_distribution.main.default_cache_behavior).compress
    )
    error_message = "It can only be read, and is sent compressed."
  }

  # ---- Headers ----

  assert {
    condition     = one(one(aws_cloudfront_response_headers_policy.main.security_headers_config).content_security_policy).content_security_policy == "default-src 'none'; connect-src 'self' https://desk.example.com https://login.example.com; frame-ancestors 'none'"
    error_message = "The page's policy is that of its file, and lets it ask the service and where people sign in, nobody else."
  }
  assert {
    condition = (
      one(one(aws_cloudfront_response_headers_policy.main.security_headers_config).strict_transport_security).access_control_max_age_sec == 31536000 &&
      one(one(aws_cloudfront_response_headers_policy.main.security_headers_config).content_type_options).override &&
      one(one(aws_cloudfront_response_headers_policy.main.security_headers_config).referrer_policy).referrer_policy == "no-referrer"
    )
    error_message = "HTTPS for a year, no guessing of types, no referrer."
  }
  assert {
    condition     = { for item in one(aws_cloudfront_response_headers_policy.main.custom_headers_config).items : item.header => item.value } == { "Cross-Origin-Opener-Policy" = "same-origin" }
    error_message = "What else its file names is sent as it stands there, and none twice."
  }
  assert {
    condition     = one(aws_cloudfront_distribution.main.default_cache_behavior).response_headers_policy_id == aws_cloudfront_response_headers_policy.main.id
    error_message = "Every answer has these headers."
  }

  # ---- Files ----

  assert {
    condition     = aws_s3_bucket.main.bucket == "shop-test-desk-web-123456789012" && aws_s3_bucket.main.force_destroy == false
    error_message = "The bucket's name is one that the pipeline may touch, and it is not deleted with its files."
  }
  assert {
    condition = jsondecode(aws_s3_bucket_policy.main.policy).Statement[0] == {
      Sid       = "CloudFrontReads"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = ["s3:GetObject"]
      Resource  = "${aws_s3_bucket.main.arn}/*"
      Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.main.arn } }
    }
    error_message = "This distribution alone reads it, and lists nothing."
  }
  assert {
    condition = (
      one(aws_s3_bucket_ownership_controls.main.rule).object_ownership == "BucketOwnerEnforced" &&
      one(aws_s3_bucket_versioning.main.versioning_configuration).status == "Enabled" &&
      one(one(aws_s3_bucket_lifecycle_configuration.main.rule).noncurrent_version_expiration).noncurrent_days == 30 &&
      length(one(aws_s3_bucket_lifecycle_configuration.main.rule).expiration) == 0
    )
    error_message = "What was replaced goes after a month, and what is served never."
  }
  assert {
    condition     = jsondecode(aws_s3_object.config.content).api == "https://desk.example.com/mcp" && aws_s3_object.config.key == "config.json" && aws_s3_object.config.cache_control == "no-cache"
    error_message = "The page is told where the service is, and asks each time."
  }

  # ---- Name, certificate, logs ----

  assert {
    condition = (
      aws_acm_certificate.main[0].region == "us-east-1" && aws_acm_certificate.main[0].domain_name == "help.example.com" &&
      aws_route53_record.proof["help.example.com"].name == "_8.help.example.com"
    )
    error_message = "Its certificate is where CloudFront looks for one, and proven."
  }
  assert {
    condition     = keys(aws_route53_record.host) == ["A", "AAAA"] && alltrue([for record in aws_route53_record.host : record.name == "help.example.com" && record.alias[0].name == aws_cloudfront_distribution.main.domain_name])
    error_message = "The name leads to CloudFront."
  }
  assert {
    condition = (
      aws_cloudwatch_log_delivery_source.access.resource_arn == aws_cloudfront_distribution.main.arn && aws_cloudwatch_log_delivery_source.access.region == "us-east-1" &&
      one(aws_cloudwatch_log_delivery_destination.access.delivery_destination_configuration).destination_resource_arn == "arn:aws:s3:::shop-test-logs-123456789012" &&
      length(setintersection(aws_cloudwatch_log_delivery.access.record_fields, ["cs-uri-query", "cs(Cookie)", "cs(Referer)"])) == 0
    )
    error_message = "It is logged who asked for what, without the code of a sign-in."
  }
}

run "page_with_a_certificate_elsewhere" {
  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/given"
    zone_id         = null
  }

  module {
    source = "./modules/cdn"
  }

  assert {
    condition     = one(aws_cloudfront_distribution.main.viewer_certificate).acm_certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/given" && length(aws_acm_certificate.main) == 0
    error_message = "A given certificate is taken."
  }
  assert {
    condition     = length(aws_route53_record.host) == 0 && length(aws_route53_record.proof) == 0
    error_message = "Without a zone no record is made."
  }
}

run "page_without_a_place_for_origins" {
  command = plan

  variables {
    headers = { "Content-Security-Policy" = "default-src 'none'", "Referrer-Policy" = "no-referrer" }
  }

  module {
    source = "./modules/cdn"
  }

  expect_failures = [aws_cloudfront_response_headers_policy.main]
}
