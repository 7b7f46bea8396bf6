# The load balancer and its firewall.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                 = "shop-test"
  region               = "us-east-1"
  account              = "123456789012"
  subnet_ids           = ["subnet-public-a", "subnet-public-b"]
  security_group_id    = "sg-balancer"
  hosts                = ["orders.example.com", "products.example.com"]
  certificate_arn      = null
  zone_id              = "Z1"
  allowed_addresses    = ["203.0.113.7/32", "160.79.104.0/21"]
  requests_per_address = 20000
  deletion_protection  = true
  key_arn              = "arn:aws:kms:us-east-1:123456789012:key/mock"
  log_retention_days   = 365
  topic_arn            = "arn:aws:sns:us-east-1:123456789012:shop-test-alarms"
}

run "balancer" {
  module {
    source = "./modules/balancer"
  }

  assert {
    condition     = aws_lb.main.idle_timeout == 4000
    error_message = "Quiet streams live as long as the balancer allows at all."
  }
  assert {
    condition = (
      aws_lb.main.client_keep_alive == 3600 &&
      aws_lb.main.drop_invalid_header_fields &&
      aws_lb.main.desync_mitigation_mode == "defensive"
    )
    error_message = "Malformed requests don't get through."
  }
  assert {
    condition     = aws_lb.main.preserve_host_header
    error_message = "The servers see the Host that the client named."
  }
  assert {
    condition     = aws_lb.main.enable_deletion_protection && aws_s3_bucket.logs.force_destroy == false
    error_message = "The balancer and its logs are kept from being deleted."
  }
  assert {
    condition     = aws_lb.main.access_logs[0].enabled && aws_lb.main.access_logs[0].bucket == aws_s3_bucket.logs.id
    error_message = "Requests are logged."
  }
  assert {
    condition = (
      aws_lb_listener.https.port == 443 &&
      aws_lb_listener.https.protocol == "HTTPS" &&
      aws_lb_listener.https.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    )
    error_message = "443 speaks TLS 1.2 and 1.3."
  }
  assert {
    condition     = aws_lb_listener.https.default_action[0].fixed_response[0].status_code == "404"
    error_message = "What nobody asked for is a fast 404."
  }
  assert {
    condition     = strcontains(aws_lb_listener.https.default_action[0].fixed_response[0].message_body, "Authorization: Bearer KEY")
    error_message = "Who looks for a sign-in is told how a key is sent."
  }
  assert {
    condition = (
      aws_lb_listener.http.port == 80 &&
      aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS" &&
      aws_lb_listener.http.default_action[0].redirect[0].status_code == "HTTP_301"
    )
    error_message = "80 only sends to 443."
  }
  assert {
    condition = (
      aws_acm_certificate.main[0].validation_method == "DNS" &&
      aws_acm_certificate.main[0].domain_name == "orders.example.com" &&
      aws_acm_certificate.main[0].subject_alternative_names == toset(["products.example.com"])
    )
    error_message = "The certificate is for every name, proven by DNS."
  }
  assert {
    condition = (
      aws_route53_record.proof["products.example.com"].name == "_2.products.example.com" &&
      aws_route53_record.proof["orders.example.com"].name == "_1.orders.example.com"
    )
    error_message = "Each name has its own proof."
  }
  assert {
    condition     = aws_lb_listener.https.certificate_arn == aws_acm_certificate_validation.main[0].certificate_arn
    error_message = "The listener waits for the certificate to be valid."
  }
  assert {
    condition = (
      toset(keys(aws_route53_record.host)) == toset(var.hosts) &&
      alltrue([for record in aws_route53_record.host : record.alias[0].name == aws_lb.main.dns_name])
    )
    error_message = "Each name leads to the balancer."
  }
  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.logs.policy).Statement : statement.Effect if statement.Sid == "OnlyOverTls" &&
    try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"] == ["Deny"]
    error_message = "Logs are read over TLS alone."
  }
  assert {
    condition = (
      aws_s3_bucket_public_access_block.logs.block_public_acls &&
      aws_s3_bucket_public_access_block.logs.block_public_policy &&
      aws_s3_bucket_public_access_block.logs.ignore_public_acls &&
      aws_s3_bucket_public_access_block.logs.restrict_public_buckets
    )
    error_message = "Logs are nobody else's."
  }
  # Nothing may stand in for a figure that is late, and a small shop has few requests.
  assert {
    condition = alltrue([for query in aws_cloudwatch_metric_alarm.errors.metric_query : query.expression == null ? true : !can(regex("FILL|IF", query.expression))]) && (
      aws_cloudwatch_metric_alarm.errors.datapoints_to_alarm < aws_cloudwatch_metric_alarm.errors.evaluation_periods
    )
    error_message = "Three bad minutes of five are enough, however few requests they have."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.alarm_actions == toset([var.topic_arn])
    error_message = "Somebody hears of the balancer's own errors."
  }
}

run "firewall" {
  module {
    source = "./modules/balancer"
  }

  assert {
    condition = (
      aws_wafv2_web_acl_association.main.resource_arn == aws_lb.main.arn &&
      aws_wafv2_web_acl_association.main.web_acl_arn == aws_wafv2_web_acl.main.arn
    )
    error_message = "The firewall stands before the balancer."
  }
  assert {
    condition     = aws_wafv2_ip_set.allowed.addresses == toset(["203.0.113.7/32", "160.79.104.0/21"])
    error_message = "Who may connect is who was named."
  }
  assert {
    condition     = length(aws_wafv2_ip_set.visitors.addresses) == 0
    error_message = "No visitor is let in for good."
  }
  assert {
    condition     = { for rule in aws_wafv2_web_acl.main.rule : rule.name => rule.priority } == { not-allowed = 1, floods = 2, common = 3, inputs = 4 }
    error_message = "There are four rules; who may not connect is turned away first."
  }
  assert {
    condition     = alltrue([for rule in aws_wafv2_web_acl.main.rule : length(rule.action[0].block) == 1 if contains(["not-allowed", "floods"], rule.name)])
    error_message = "Our own rules block."
  }
  assert {
    condition     = toset(flatten([for rule in aws_wafv2_web_acl.main.rule : [for one in rule.statement[0].not_statement[0].statement[0].or_statement[0].statement : one.ip_set_reference_statement[0].arn] if rule.name == "not-allowed"])) == toset([aws_wafv2_ip_set.allowed.arn, aws_wafv2_ip_set.visitors.arn])
    error_message = "Whoever is in neither set is turned away."
  }
  assert {
    condition = (
      one([for rule in aws_wafv2_web_acl.main.rule : rule.statement[0].rate_based_statement[0] if rule.name == "floods"]).limit == 20000 &&
      one([for rule in aws_wafv2_web_acl.main.rule : rule.statement[0].rate_based_statement[0] if rule.name == "floods"]).aggregate_key_type == "IP"
    )
    error_message = "One address has a limit."
  }
  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.main.rule : rule.statement[0].managed_rule_group_statement[0].name if contains(["common", "inputs"], rule.name)]) == toset(["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"])
    error_message = "What is known to be an attack is known."
  }
  assert {
    condition     = contains(flatten([for rule in aws_wafv2_web_acl.main.rule : [for override in rule.statement[0].managed_rule_group_statement[0].rule_action_override : override.name] if rule.name == "common"]), "SizeRestrictions_BODY")
    error_message = "A body over 8 KiB is no attack here."
  }
  assert {
    condition     = alltrue([for rule in aws_wafv2_web_acl.main.rule : length(rule.override_action[0].none) == 1 if contains(["common", "inputs"], rule.name)])
    error_message = "The managed rules block, they don't just count."
  }
  assert {
    condition     = aws_wafv2_web_acl_logging_configuration.main.redacted_fields[0].single_header[0].name == "authorization"
    error_message = "No key is logged."
  }
  assert {
    condition     = startswith(aws_cloudwatch_log_group.firewall.name, "aws-waf-logs-")
    error_message = "The firewall writes to no other name."
  }
}

run "nobody" {
  variables {
    allowed_addresses = []
  }

  module {
    source = "./modules/balancer"
  }

  assert {
    condition     = length(aws_wafv2_ip_set.allowed.addresses) == 0 && contains([for rule in aws_wafv2_web_acl.main.rule : rule.name], "not-allowed")
    error_message = "An empty list turns everybody away but the pipeline."
  }
}

run "open_to_all" {
  variables {
    allowed_addresses = null
  }

  module {
    source = "./modules/balancer"
  }

  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.main.rule : rule.name]) == toset(["floods", "common", "inputs"])
    error_message = "Without a list nobody is turned away for an address; floods and attacks still are."
  }
}

run "given_certificate" {
  variables {
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/given"
    zone_id         = null
  }

  module {
    source = "./modules/balancer"
  }

  assert {
    condition = (
      aws_lb_listener.https.certificate_arn == "arn:aws:acm:us-east-1:123456789012:certificate/given" &&
      length(aws_acm_certificate.main) == 0
    )
    error_message = "A given certificate is taken."
  }
  assert {
    condition     = length(aws_route53_record.host) == 0 && length(aws_route53_record.proof) == 0
    error_message = "Without a zone no record is made."
  }
}

run "where_people_sign_in" {
  variables {
    sign_in = true
  }

  module {
    source = "./modules/balancer"
  }

  assert {
    condition     = strcontains(aws_lb_listener.https.default_action[0].fixed_response[0].message_body, "client id") && !strcontains(aws_lb_listener.https.default_action[0].fixed_response[0].message_body, "no sign-in")
    error_message = "Who wants to register is told to say a client id."
  }
  assert {
    condition     = length(aws_lb_listener.https.default_action[0].fixed_response[0].message_body) <= 1024
    error_message = "AWS takes an answer of 1,024 characters."
  }
}
