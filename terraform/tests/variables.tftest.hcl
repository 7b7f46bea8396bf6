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
