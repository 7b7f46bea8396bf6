# Wrong values stop the plan, and say what is allowed. The module is nothing but the root's variables, so that each run is quick.
mock_provider "aws" {}

variables {
  environment        = "test"
  region             = "us-east-1"
  domain             = "example.com"
  zone_id            = "Z1"
  allowed_addresses  = ["203.0.113.7/32"]
  alarm_emails       = ["a@example.com"]
  monthly_budget_usd = 150
  images             = { products = "x/products:v1", orders = "x/orders:v1" }
}

run "project_too_long" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    project = "averylongproject"
  }

  expect_failures = [var.project]
}

run "environment_with_dash" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    environment = "my-dev"
  }

  expect_failures = [var.environment]
}

run "region_made_up" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    region = "everywhere"
  }

  expect_failures = [var.region]
}

run "schedule_without_cron" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    schedule = { timezone = "UTC", sleep = "at night", wake = "cron(0 7 * * ? *)" }
  }

  expect_failures = [var.schedule]
}

run "network_too_small" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    vpc_cidr = "10.0.0.0/24"
  }

  expect_failures = [var.vpc_cidr]
}

run "one_zone" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    zones = 1
  }

  expect_failures = [var.zones]
}

run "four_zones" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    zones = 4
  }

  expect_failures = [var.zones]
}

run "access_unknown" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    private_access = "vpn"
  }

  expect_failures = [var.private_access]
}

run "endpoints_in_more_zones" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoint_zones = 3
  }

  expect_failures = [var.endpoint_zones]
}

run "domain_as_url" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    domain = "https://example.com"
  }

  expect_failures = [var.domain]
}

run "routing_unknown" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    routing = "header"
  }

  expect_failures = [var.routing]
}

run "neither_zone_nor_certificate" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    zone_id = null
  }

  expect_failures = [var.certificate_arn]
}

run "nobody_said_who_may_connect" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    allowed_addresses = null
  }

  expect_failures = [var.allowed_addresses]
}

run "some_and_everybody_may_connect" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    open_to_all = true
  }

  expect_failures = [var.allowed_addresses]
}

run "everybody_with_a_key_may_connect" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    allowed_addresses = null
    open_to_all       = true
  }
}

run "nobody_may_connect" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    allowed_addresses = []
  }
}

run "the_internet_as_a_network" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    allowed_addresses = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_addresses]
}

run "address_without_network" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    allowed_addresses = ["example.com"]
  }

  expect_failures = [var.allowed_addresses]
}

run "storage_cannot_grow" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    database = { storage_gb = 50, storage_max_gb = 50 }
  }

  expect_failures = [var.database]
}

run "no_backups" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    database = { backup_days = 0 }
  }

  expect_failures = [var.database]
}

run "backups_in_the_same_region" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    database = { backup_region = "us-east-1" }
  }

  expect_failures = [var.database]
}

run "channel_by_its_name" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    alarm_slack = { workspace_id = "T01234567", channel_id = "#alarms" }
  }

  expect_failures = [var.alarm_slack]
}

run "key_in_the_address_of_traces" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    traces = { endpoint = "https://otlp.example.com?key=1" }
  }

  expect_failures = [var.traces]
}

run "traces_to_a_port_that_is_not_reached" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    traces = { endpoint = "http://otlp.example.com:4318" }
  }

  expect_failures = [var.traces]
}

run "a_collectors_key_and_no_collector" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    traces = { headers = true }
  }

  expect_failures = [var.traces]
}

run "more_traces_than_all" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    traces = { endpoint = "https://otlp.example.com", part = 1.5 }
  }

  expect_failures = [var.traces]
}

run "traces_without_a_way_out" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    traces         = { endpoint = "https://otlp.example.com" }
    private_access = "endpoints"
  }

  expect_failures = [var.traces]
}

run "model_of_nobody" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["gpt-4o-mini"] }
  }

  expect_failures = [var.models]
}

run "model_by_its_arn" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["bedrock:arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0"] }
  }

  expect_failures = [var.models]
}

run "judge_without_who_answers" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { judge = "bedrock:amazon.nova-micro-v1:0" }
  }

  expect_failures = [var.models]
}

run "guardrail_that_is_a_draft" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["bedrock:amazon.nova-micro-v1:0"], guardrail = { id = "gr1", version = "DRAFT" } }
  }

  expect_failures = [var.models]
}

run "models_in_the_clear" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["openai:qwen3"], openai = { url = "http://models.example.com/v1" } }
  }

  expect_failures = [var.models]
}

run "models_of_openai_without_a_way_out" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models         = { ask = ["bedrock:amazon.nova-micro-v1:0", "openai:gpt-4o-mini"] }
    private_access = "endpoints"
  }

  expect_failures = [var.models]
}

run "models_of_bedrock_by_an_endpoint" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models         = { ask = ["bedrock:global.anthropic.claude-haiku-4-5-20251001-v1:0", "bedrock:amazon.nova-micro-v1:0"], guardrail = { id = "gr1", version = "3" } }
    private_access = "endpoints"
  }

  assert {
    condition     = length(var.models.ask) == 2
    error_message = "Bedrock is reached without a way out."
  }
}

run "nobody_hears" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    alarm_emails = []
  }

  expect_failures = [var.alarm_emails]
}

run "no_budget" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    monthly_budget_usd = 0
  }

  expect_failures = [var.monthly_budget_usd]
}

run "retention_that_aws_lacks" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    log_retention_days = 100
  }

  expect_failures = [var.log_retention_days]
}

run "limit_too_low" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    requests_per_address = 5
  }

  expect_failures = [var.requests_per_address]
}

run "architecture_made_up" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    architecture = "arm64"
  }

  expect_failures = [var.architecture]
}

run "strategy_made_up" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    deployment = { strategy = "CANARY" }
  }

  expect_failures = [var.deployment]
}

run "bake_time_shorter_than_an_alarm_needs" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    deployment = { strategy = "BLUE_GREEN", bake_minutes = 2 }
  }

  expect_failures = [var.deployment]
}

run "sign_in_made_up" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "google", scopes = ["products:read"] }
  }

  expect_failures = [var.sign_in]
}

run "sign_in_to_nothing" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito" }
  }

  expect_failures = [var.sign_in]
}

run "everybody_who_signs_in_may_connect" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    allowed_addresses = null
    sign_in           = { by = "cognito", scopes = ["products:read"] }
  }
}

run "some_who_sign_in_may_connect" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"] }
  }
}

run "issuer_that_is_not_named" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"] }
  }

  expect_failures = [var.sign_in]
}

run "issuer_and_cognito" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], issuer = { url = "https://login.example.com" } }
  }

  expect_failures = [var.sign_in]
}

run "issuer_in_the_clear" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "http://login.example.com" } }
  }

  expect_failures = [var.sign_in]
}

run "issuer_and_its_discovery" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "https://login.example.com/.well-known/openid-configuration" } }
  }

  expect_failures = [var.sign_in]
}

run "two_issuers" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "https://login.example.com,https://id.example.com" } }
  }

  expect_failures = [var.sign_in]
}

run "prefix_without_its_end" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "https://login.example.com", prefix = "api://a" } }
  }

  expect_failures = [var.sign_in]
}

run "prefix_of_two" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "https://login.example.com", prefix = "a/ b/" } }
  }

  expect_failures = [var.sign_in]
}

run "plan_without_pages" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], cognito = { plan = "LITE" } }
  }

  expect_failures = [var.sign_in]
}

run "second_factor_made_up" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], cognito = { mfa = "SMS" } }
  }

  expect_failures = [var.sign_in]
}

run "tokens_for_a_week" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], cognito = { access_minutes = 10080 } }
  }

  expect_failures = [var.sign_in]
}

run "customers_who_name_themselves" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], customer_claim = "username", cognito = { self_sign_up = true } }
  }

  expect_failures = [var.sign_in]
}

run "customers_by_a_name_that_was_given" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], customer_claim = "username" }
  }
}

run "callback_in_the_clear" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], cognito = { callbacks = ["http://example.com/callback"] } }
  }

  expect_failures = [var.sign_in]
}

run "callback_of_a_look_alike" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], cognito = { callbacks = ["http://localhost.example.com/callback"] } }
  }

  expect_failures = [var.sign_in]
}

run "callbacks_of_programs" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"], cognito = { callbacks = ["http://localhost:6274/oauth/callback", "http://127.0.0.1:7777/", "app.example:/callback", "https://chatgpt.com/connector/oauth/abc"] } }
  }
}

run "issuer_that_is_out_of_reach" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    private_access = "endpoints"
    sign_in        = { by = "cognito", scopes = ["products:read"] }
  }

  expect_failures = [var.sign_in]
}

run "discovery_that_is_not_asked" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "https://login.example.com", facade = true, jwks = "https://login.example.com/keys" } }
  }

  expect_failures = [var.sign_in]
}

run "keys_of_an_issuer_in_s3" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    private_access = "endpoints"
    sign_in = {
      by     = "issuer"
      scopes = ["products:read"]
      issuer = { url = "https://login.example.com/", jwks = "https://keys.s3.us-east-1.amazonaws.com/jwks.json" }
    }
  }
}

run "page" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web     = { support = { host = "help.example.com" } }
    sign_in = { by = "cognito", scopes = ["support:chat"] }
  }
}

run "page_where_nobody_signs_in" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "help.example.com" } }
  }

  expect_failures = [var.web]
}

run "page_with_keys" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "help.example.com", keys = true } }
  }
}

run "page_by_a_url" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "https://help.example.com", keys = true } }
  }

  expect_failures = [var.web]
}

run "pages_of_one_name" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "help.example.com", keys = true }, orders = { host = "help.example.com", keys = true } }
  }

  expect_failures = [var.web]
}

run "page_with_a_certificate_of_another_region" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "help.example.com", keys = true, certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/given" } }
  }

  expect_failures = [var.web]
}

run "page_without_a_certificate" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    zone_id         = null
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/given"
    web             = { support = { host = "help.example.com", keys = true } }
  }

  expect_failures = [var.web]
}

run "page_that_asks_a_path" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "help.example.com", keys = true, connects = ["https://login.example.com/token"] } }
  }

  expect_failures = [var.web]
}

run "page_measured_more_than_always" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    web = { support = { host = "help.example.com", keys = true, rum = 10 } }
  }

  expect_failures = [var.web]
}

run "table_of_somebody_else" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    tables = { support = { name = "payroll" } }
  }

  expect_failures = [var.tables]
}

run "table_with_backups_of_a_year" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    tables = { support = { backup_days = 365 } }
  }

  expect_failures = [var.tables]
}

run "guardrail_without_a_version" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0"], guardrail = { id = "gr1abcd2efgh" } }
  }

  expect_failures = [var.models]
}

run "guardrail_that_is_there_and_made" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0"], guardrail = { id = "gr1abcd2efgh", version = "3", denied = { "Legal advice" = "The law." } } }
  }

  expect_failures = [var.models]
}

run "guardrail_with_a_topic_too_long" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0"], guardrail = { denied = { "Legal advice" = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" } } }
  }

  expect_failures = [var.models]
}
