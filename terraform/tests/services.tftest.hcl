# Wrong services and images stop the plan, and say what is allowed. The module is nothing but the root's variables, so that each run is quick.
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

run "image_missing" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    images = { products = "x/products:v1" }
  }

  expect_failures = [var.images]
}

run "service_missing" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081 } }
  }

  expect_failures = [var.services]
}

run "memory_that_fargate_lacks" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081, cpu = 256, memory = 4096 }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "no_task" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081, minimum = 0 }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "maximum_under_minimum" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081, minimum = 3, maximum = 2 }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "calls_nobody" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081 }, orders = { port = 8082, calls = ["stock"] } }
  }

  expect_failures = [var.services]
}

run "one_port_for_two" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081 }, orders = { port = 8081 } }
  }

  expect_failures = [var.services]
}

run "port_of_root" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 81 }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "without_keys" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081, settings = { AUTH = "none" } }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "secret_as_a_setting" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081, settings = { API_KEYS = "alice:…" } }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "password_as_a_setting" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    services = { products = { port = 8081, settings = { DATABASE_PASSWORD = "x" } }, orders = { port = 8082 } }
  }

  expect_failures = [var.services]
}

run "right_values" {
  command = plan

  module {
    source = "./tests/variables"
  }

  assert {
    condition     = var.services["orders"].calls == tolist(["products"]) && var.services["products"].workers == 4
    error_message = "Without a word about the services there are products, and orders that calls it."
  }
}
