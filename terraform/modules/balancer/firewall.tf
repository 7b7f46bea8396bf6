# The firewall before the balancer: who may connect at all, how often, and what is known to be an attack. 5 dollars a month, and 1 a rule.
resource "aws_wafv2_ip_set" "allowed" {
  name               = "${var.name}-allowed"
  description        = "Who may connect, as allowed_addresses says"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = var.allowed_addresses == null ? [] : var.allowed_addresses
}

# A pipeline's machine has another address every time. It puts it in here while it tries what it deployed, and takes it out again.
resource "aws_wafv2_ip_set" "visitors" {
  name               = "${var.name}-visitors"
  description        = "The pipeline, while it tries what it deployed"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = []

  lifecycle {
    ignore_changes = [addresses]
  }
}

locals {
  # Counted, not blocked. Bodies are JSON-RPC of up to 4 MiB with whatever people write in them, links and markup too: the servers parse
  # them strictly and bind every value. And a client of ours may well not name itself.
  counted = [
    "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericRFI_BODY", "GenericLFI_BODY", "EC2MetaDataSSRF_BODY", "NoUserAgent_HEADER",
  ]
}

resource "aws_wafv2_web_acl" "main" {
  name        = var.name
  description = "Who may connect to ${var.name}, how often, and with what"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = var.allowed_addresses == null ? [] : ["not-allowed"]

    content {
      name     = rule.value
      priority = 1

      action {
        block {}
      }

      statement {
        not_statement {
          statement {
            or_statement {
              statement {
                ip_set_reference_statement {
                  arn = aws_wafv2_ip_set.allowed.arn
                }
              }

              statement {
                ip_set_reference_statement {
                  arn = aws_wafv2_ip_set.visitors.arn
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "not-allowed"
        sampled_requests_enabled   = true
      }
    }
  }

  rule {
    name     = "floods"
    priority = 2

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.requests_per_address
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "floods"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "common"
    priority = 3

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"

        dynamic "rule_action_override" {
          for_each = local.counted

          content {
            name = rule_action_override.value

            action_to_use {
              count {}
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "inputs"
    priority = 4

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "inputs"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "main" {
  resource_arn = aws_lb.main.arn
  web_acl_arn  = aws_wafv2_web_acl.main.arn
}

# ---- What was turned away ----

resource "aws_cloudwatch_log_group" "firewall" {
  # checkov:skip=CKV_AWS_338:How long is the operator's to say; the default is a year, the example for dev a month
  name              = "aws-waf-logs-${var.name}" # the firewall writes to no other name
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_cloudwatch_log_resource_policy" "firewall" {
  policy_name = "${var.name}-firewall"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.firewall.arn}:*"
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:logs:${var.region}:${var.account}:*" }
        StringEquals = { "aws:SourceAccount" = var.account }
      }
    }]
  })
}

resource "aws_wafv2_web_acl_logging_configuration" "main" {
  resource_arn            = aws_wafv2_web_acl.main.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  # A key is nobody's business, and what passed is in the access logs.
  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      dynamic "condition" {
        for_each = toset(["BLOCK", "COUNT"])

        content {
          action_condition {
            action = condition.value
          }
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_resource_policy.firewall]
}
