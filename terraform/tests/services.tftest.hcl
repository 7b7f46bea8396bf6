# A wrong list of services, wrong values for them, or wrong images stop the plan, and say what is allowed.
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
  listed = {
    products = { about = "a", port = 8081, priority = 20 }
    orders   = { about = "a", port = 8082, priority = 10, calls = { products = ["products:read"] } }
  }
}

run "image_latest" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    images = { products = "x/products:latest", orders = "x/orders:v1" }
  }

  expect_failures = [var.images]
}

run "image_without_tag" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    images = { products = "x/products", orders = "x/orders:v1" }
  }

  expect_failures = [var.images]
}

run "image_with_half_a_digest" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    images = { products = "x/products@sha256:abc", orders = "x/orders:v1" }
  }

  expect_failures = [var.images]
}

# ---- The list ----

run "name_in_capitals" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      Products = { about = "a", port = 8081, priority = 20 }
    }
  }

  expect_failures = [var.listed]
}

run "name_of_the_database" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      database = { about = "a", port = 8081, priority = 20 }
    }
  }

  expect_failures = [var.listed]
}

run "port_of_root" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      products = { about = "a", port = 81, priority = 20 }
    }
  }

  expect_failures = [var.listed]
}

run "one_port_for_two" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      products = { about = "a", port = 8081, priority = 20 }
      orders   = { about = "a", port = 8081, priority = 10 }
    }
  }

  expect_failures = [var.listed]
}

run "priority_between_the_tens" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      products = { about = "a", port = 8081, priority = 25 }
    }
  }

  expect_failures = [var.listed]
}

run "priority_that_is_too_high" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      products = { about = "a", port = 8081, priority = 50000 }
    }
  }

  expect_failures = [var.listed]
}

run "one_priority_for_two" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      products = { about = "a", port = 8081, priority = 20 }
      orders   = { about = "a", port = 8082, priority = 20 }
    }
  }

  expect_failures = [var.listed]
}

run "calls_nobody" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = {
      orders = { about = "a", port = 8082, priority = 10, calls = { stock = ["products:read"] } }
    }
  }

  expect_failures = [var.listed]
}

# ---- What an environment says ----

run "not_listed" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { stock = { maximum = 4 } }
  }

  expect_failures = [var.services]
}

run "misspelt" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { orders = { maximun = 4 } }
  }

  expect_failures = [var.services]
}

run "port_in_two_places" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { port = 8081 }
  }

  expect_failures = [var.every_service]
}

run "memory_that_fargate_lacks" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { products = { cpu = 256, memory = 4096 } }
  }

  expect_failures = [output.all]
}

run "no_task" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { minimum = 0 }
  }

  expect_failures = [output.all]
}

run "maximum_under_minimum" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { products = { minimum = 3, maximum = 2 } }
  }

  expect_failures = [output.all]
}

run "without_keys" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { products = { settings = { AUTH = "none" } } }
  }

  expect_failures = [output.all]
}

run "secret_as_a_setting" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { settings = { API_KEYS = "alice:…" } }
  }

  expect_failures = [output.all]
}

run "password_as_a_setting" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { products = { settings = { DATABASE_PASSWORD = "x" } } }
  }

  expect_failures = [output.all]
}

run "issuer_as_a_setting" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { settings = { OAUTH_ISSUER = "https://login.example.com" } }
  }

  expect_failures = [output.all]
}

run "collector_as_a_setting" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { settings = { OTEL_EXPORTER_OTLP_HEADERS = "api-key=x" } }
  }

  expect_failures = [output.all]
}

run "loops_as_a_setting" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { settings = { LOOPS = "16" } }
  }

  expect_failures = [output.all]
}

run "loops_and_connections" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { cpu = 512, memory = 1024 }
    services      = { orders = { cpu = 4096, memory = 8192, database_connections = 10 } }
  }

  assert {
    condition     = { for name, service in output.all : name => [service.loops, service.connections] } == { products = [1, 6], orders = [4, 15] }
    error_message = "A loop for each processor, one for half of it; a task opens one for each, what its calls share, and one that listens."
  }
}

run "without_a_database" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { minimum = 3, maximum = 4 }
    listed = {
      products = { about = "a", port = 8081, priority = 20 }
      lookout  = { about = "a", port = 8082, priority = 10, database = false }
    }
  }

  assert {
    condition     = { for name, service in output.all : name => [service.database, service.minimum, service.maximum, service.connections] } == { products = [true, 3, 4, 6], lookout = [false, 1, 1, 0] }
    error_message = "Without a database there is one task, which opens no connection."
  }
}

run "two_without_a_database" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed   = { lookout = { about = "a", port = 8082, priority = 10, database = false } }
    services = { lookout = { maximum = 2 } }
  }

  expect_failures = [output.all]
}

run "that_changes_aws" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = { lookout = { about = "a", port = 8082, priority = 10, aws = "write" } }
  }

  expect_failures = [var.listed]
}

run "that_reads_and_asks_models" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    listed = { lookout = { about = "a", port = 8082, priority = 10, aws = "read", models = true } }
  }

  expect_failures = [var.listed]
}

run "models_as_a_setting" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    services = { orders = { settings = { MODELS = "openai:gpt-4o-mini" } } }
  }

  expect_failures = [output.all]
}

run "all_that_there_is_to_know" {
  command = plan

  module {
    source = "./modules/services"
  }

  variables {
    every_service = { maximum = 4, settings = { LOG_LEVEL = "debug" } }
    services      = { orders = { maximum = 8, settings = { RATE_CALLER = "60" } } }
  }

  assert {
    condition     = { for name, service in output.all : name => [service.maximum, service.database_connections, service.port] } == { products = [4, 4, 8081], orders = [8, 4, 8082] }
    error_message = "The service's own comes before every one's, and that before the usual."
  }
  assert {
    condition     = output.all.orders.settings == { LOG_LEVEL = "debug", RATE_CALLER = "60" } && output.all.products.settings == { LOG_LEVEL = "debug" }
    error_message = "Settings add up."
  }
}
