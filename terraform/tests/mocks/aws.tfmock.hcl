# What AWS would answer, where the provider looks at it again: ARNs look like ARNs.
mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_availability_zones" {
  defaults = {
    names    = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]
    zone_ids = ["use1-az6", "use1-az3", "use1-az1", "use1-az2"]
  }
}

mock_data "aws_kms_alias" {
  defaults = { target_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
}

mock_data "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:us-east-1:123456789012:repository/shop/mock"
    repository_url = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/mock"
  }
}

mock_data "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-test/mock-AbCdEf" }
}

mock_data "aws_ec2_managed_prefix_list" {
  defaults = { id = "pl-63a5400a" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/shop-test/mock" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/shop-test/mock" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:us-east-1:123456789012:shop-test-alarms" }
}

mock_resource "aws_ce_anomaly_monitor" {
  defaults = { arn = "arn:aws:ce::123456789012:anomalymonitor/0123" }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws:s3:::shop-test-logs-123456789012" }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/mock"
    domain_validation_options = [
      {
        domain_name           = "orders.example.com"
        resource_record_name  = "_1.orders.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_1.acm-validations.aws"
      },
      {
        domain_name           = "products.example.com"
        resource_record_name  = "_2.products.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_2.acm-validations.aws"
      },
      {
        domain_name           = "orders.dev.example.com"
        resource_record_name  = "_3.orders.dev.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_3.acm-validations.aws"
      },
      {
        domain_name           = "products.dev.example.com"
        resource_record_name  = "_4.products.dev.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_4.acm-validations.aws"
      },
      {
        domain_name           = "example.com"
        resource_record_name  = "_5.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_5.acm-validations.aws"
      },
      {
        domain_name           = "orders.staging.example.com"
        resource_record_name  = "_6.orders.staging.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_6.acm-validations.aws"
      },
      {
        domain_name           = "products.staging.example.com"
        resource_record_name  = "_7.products.staging.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_7.acm-validations.aws"
      },
      {
        domain_name           = "help.example.com"
        resource_record_name  = "_8.help.example.com"
        resource_record_type  = "CNAME"
        resource_record_value = "_8.acm-validations.aws"
      },
    ]
  }
}

mock_resource "aws_acm_certificate_validation" {
  defaults = { certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/mock" }
}

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop-test/0123456789abcdef"
    arn_suffix = "app/shop-test/0123456789abcdef"
    dns_name   = "shop-test-1.us-east-1.elb.amazonaws.com"
  }
}

mock_resource "aws_lb_listener" {
  defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop-test/0123456789abcdef/0123456789abcdef" }
}

mock_resource "aws_lb_listener_rule" {
  defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop-test/0123456789abcdef/0123456789abcdef/0123456789abcdef" }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop-test-mock/0123456789abcdef"
    arn_suffix = "targetgroup/mock/0123456789abcdef"
  }
}

mock_resource "aws_wafv2_ip_set" {
  defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/mock/0123" }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/mock/0123" }
}

mock_resource "aws_service_discovery_service" {
  defaults = { arn = "arn:aws:servicediscovery:us-east-1:123456789012:service/mock" }
}

mock_resource "aws_ecs_task_definition" {
  defaults = { arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/mock:1" }
}

mock_resource "aws_db_instance" {
  defaults = {
    arn     = "arn:aws:rds:us-east-1:123456789012:db:shop-test"
    address = "shop-test.mock.us-east-1.rds.amazonaws.com"
    master_user_secret = [{
      kms_key_id    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      secret_arn    = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-mock-AbCdEf"
      secret_status = "active"
    }]
  }
}

mock_resource "aws_cognito_user_pool" {
  defaults = {
    id       = "us-east-1_Mock00000"
    arn      = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Mock00000"
    endpoint = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Mock00000"
  }
}

mock_resource "aws_bedrock_guardrail" {
  defaults = {
    guardrail_id  = "mock12345678"
    guardrail_arn = "arn:aws:bedrock:us-east-1:123456789012:guardrail/mock12345678"
  }
}

mock_resource "aws_bedrock_guardrail_version" {
  defaults = { version = "1" }
}

mock_resource "aws_cognito_identity_pool" {
  defaults = {
    id  = "us-east-1:mock"
    arn = "arn:aws:cognito-identity:us-east-1:123456789012:identitypool/us-east-1:mock"
  }
}

mock_resource "aws_rum_app_monitor" {
  defaults = { arn = "arn:aws:rum:us-east-1:123456789012:appmonitor/mock" }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/EMOCK" }
}

mock_resource "aws_cloudwatch_log_delivery_destination" {
  defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:mock" }
}
