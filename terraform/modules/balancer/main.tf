# The one way in: an HTTPS load balancer in the public subnets.
resource "aws_lb" "main" {
  # checkov:skip=CKV_AWS_150:Deletion protection is a switch, which taking an environment down needs off; on unless it is said otherwise, and a test insists on it for prod
  # checkov:skip=CKV2_AWS_76:The Log4j rules are there (firewall.tf). The check also wants a list of anonymous addresses, which are clouds, and Claude calls from one; who may connect is named instead
  name               = var.name
  load_balancer_type = "application"
  internal           = false
  subnets            = var.subnet_ids
  security_groups    = [var.security_group_id]

  # Streams are quiet for minutes; 4000 is the most there is. The servers keep theirs longer (IDLE_TIMEOUT), or they would close first: 502.
  idle_timeout               = 4000
  client_keep_alive          = 3600
  preserve_host_header       = true
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  enable_deletion_protection = var.deletion_protection

  access_logs {
    bucket  = aws_s3_bucket.logs.id
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.logs]
}

# ---- Listeners ----

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = local.certificate_arn

  routing_http_response_server_enabled                         = false
  routing_http_response_strict_transport_security_header_value = "max-age=31536000"

  # What no service asked for. A client that probes a well-known path must hear 404, and soon. What a client is told at /register,
  # where it looks for a sign-in, is all that a person gets to read.
  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "application/json"
      status_code  = "404"
      message_body = jsonencode({
        error             = "access_denied"
        error_description = var.sign_in ? "There is nothing here. Each endpoint says where one signs in (/.well-known/oauth-protected-resource before its path). Clients don't register themselves: say the client id that you were given (mcp-remote takes it as --static-oauth-client-info), or send a key as the header Authorization: Bearer KEY." : "There is nothing here, and no sign-in (OAuth). Each request to an endpoint needs a key, as the header Authorization: Bearer KEY (mcp-remote takes it as --header)."
      })
    }
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

# ---- Certificate and names ----

locals {
  certificate_arn = var.certificate_arn == null ? aws_acm_certificate_validation.main[0].certificate_arn : var.certificate_arn
  proven          = var.certificate_arn == null ? toset(var.hosts) : toset([])
}

resource "aws_acm_certificate" "main" {
  count                     = var.certificate_arn == null ? 1 : 0
  domain_name               = var.hosts[0]
  subject_alternative_names = slice(var.hosts, 1, length(var.hosts))
  validation_method         = "DNS"

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
  count                   = var.certificate_arn == null ? 1 : 0
  certificate_arn         = aws_acm_certificate.main[0].arn
  validation_record_fqdns = [for record in aws_route53_record.proof : record.fqdn]
}

resource "aws_route53_record" "host" {
  for_each = var.zone_id == null ? toset([]) : toset(var.hosts)

  zone_id = var.zone_id
  name    = each.key
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}

# ---- Errors that the balancer itself answers with, for want of a server ----

# Nothing is filled with zeros: a minute without errors has no figure, and one whose figure is late is not taken for a good one. So
# three bad minutes of five count, also where a small shop has a request in each.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-balancer-errors"
  alarm_description   = "In three minutes of five the balancer answered more than 5 % of the requests with an error of its own: no task, or one that does not answer. docs/on-call.md#nothing-answers"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "share"
    label       = "Errors of the balancer, percent"
    expression  = "100 * errors / SUM([errors, requests])"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "HTTPCode_ELB_5XX_Count", requests = "RequestCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 60
        dimensions  = { LoadBalancer = aws_lb.main.arn_suffix }
      }
    }
  }
}
