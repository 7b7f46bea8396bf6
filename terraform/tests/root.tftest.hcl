# One environment whole: that the parts are put together as they should be.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment        = "test"
  region             = "us-east-1"
  domain             = "example.com"
  zone_id            = "Z1"
  allowed_addresses  = ["203.0.113.7/32"]
  alarm_emails       = ["a@example.com"]
  monthly_budget_usd = 150
  every_service      = { maximum = 2 }
  certificate_arn    = "arn:aws:acm:us-east-1:123456789012:certificate/given"
  images             = { for name in keys(jsondecode(file("../services.json"))) : name => "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/${name}@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
}

run "parts" {
  assert {
    condition     = toset(keys(output.services)) == toset(keys(jsondecode(file("../services.json"))))
    error_message = "Every service is there."
  }
  assert {
    condition     = alltrue([for service in module.service : toset(service.network.subnets) == toset(module.network.private_subnet_ids) && service.network.assign_public_ip == false])
    error_message = "Tasks are in the private subnets, without a public address."
  }
  assert {
    condition     = length(setintersection(toset(module.network.private_subnet_ids), toset(module.network.public_subnet_ids))) == 0
    error_message = "No subnet is both public and private."
  }
  assert {
    condition     = toset(module.balancer.subnet_ids) == toset(module.network.public_subnet_ids)
    error_message = "The balancer is in the public subnets."
  }
  assert {
    condition     = toset(module.database.subnet_ids) == toset(module.network.private_subnet_ids)
    error_message = "The database is in the private subnets."
  }
  assert {
    condition     = alltrue([for name, service in module.service : service.network.security_groups == toset([module.security.groups[name]])])
    error_message = "Each service is in its own security group."
  }
  assert {
    condition     = alltrue([for name, service in module.service : service.containers.service.image == var.images[name]])
    error_message = "Each service runs its own image."
  }
  assert {
    condition     = alltrue([for service in module.service : service.settings.service["TRUSTED_PROXIES"] == join(",", module.network.public_cidrs)])
    error_message = "Only the balancer's subnets are believed about who calls."
  }
  assert {
    condition     = contains(split(",", module.service["products"].settings.service["PUBLIC_HOSTS"]), split(":", split("/", module.service["orders"].settings.service["PRODUCTS_URL"])[2])[0])
    error_message = "products answers to the very name that orders calls it by."
  }
  assert {
    condition     = module.service["orders"].settings.service["PRODUCTS_URL"] == "http://products.shop-test.internal:8081/mcp"
    error_message = "orders calls products inside the network."
  }
  assert {
    condition = (
      !contains([for each in module.service["products"].containers.service.secrets : each.name], "PRODUCTS_KEY") &&
      contains([for each in module.service["orders"].containers.service.secrets : each.name], "PRODUCTS_KEY")
    )
    error_message = "Only who calls products has a key for it."
  }
  assert {
    condition     = alltrue(flatten([for service in module.service : [for container in values(service.containers) : [for secret in container.secrets : startswith(secret.valueFrom, "arn:aws:secretsmanager:")]]]))
    error_message = "Every secret is a reference."
  }
  assert {
    condition     = alltrue([for service in module.service : service.settings.service["AUTH"] == "keys"])
    error_message = "Nothing is deployed without keys."
  }
  assert {
    condition     = length(module.endpoints) == 0
    error_message = "With NAT no endpoint has to be paid."
  }
  assert {
    condition     = alltrue([for name, service in module.service : endswith(service.settings.service["DATABASE_URL"], "/${name}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds.pem")])
    error_message = "The database's name is verified, with the roots that every image has."
  }
  assert {
    condition     = output.database.connections == length(output.services) * 2 * 2 * 5
    error_message = "Connections are counted: of each service, twice two tasks, five each."
  }
}

run "outputs" {
  assert {
    condition = (
      output.services["orders"].connector_url == "https://orders.example.com/mcp" &&
      output.services["products"].connector_url == "https://products.example.com/mcp"
    )
    error_message = "The URLs are those of the names."
  }
  assert {
    condition     = jsondecode(output.claude_desktop_config).mcpServers.orders.args == ["-y", "mcp-remote", "https://orders.example.com/mcp", "--transport", "http-only", "--header", "Authorization:$${AUTH_HEADER}"]
    error_message = "Claude Desktop's block starts mcp-remote with the key's header, without a space in it."
  }
  assert {
    condition     = alltrue([for server in values(jsondecode(output.claude_desktop_config).mcpServers) : startswith(server.env.AUTH_HEADER, "Bearer mcp_")])
    error_message = "The key goes into the environment."
  }
  assert {
    condition     = alltrue([for service in values(output.services) : alltrue([for name in ["service_name", "setup_task_definition_arn", "task_definition_arn"] : service[name] != ""]) && length(service.subnet_ids) == 2 && length(service.security_group_ids) == 1])
    error_message = "The pipeline is told all that it needs."
  }
  assert {
    condition = (
      output.cluster_name == "shop-test" &&
      output.visitors.scope == "REGIONAL" &&
      output.visitors.name == "shop-test-visitors"
    )
    error_message = "The cluster and the set of visitors are named."
  }
  assert {
    condition     = startswith(output.database.master_secret_arn, "arn:aws:secretsmanager:")
    error_message = "The master's secret is named, not shown."
  }
}

run "routing_by_path" {
  variables {
    routing = "path"
  }

  assert {
    condition = (
      output.services["orders"].connector_url == "https://example.com/orders/mcp" &&
      output.services["products"].connector_url == "https://example.com/products/mcp"
    )
    error_message = "With one name the path tells the services apart."
  }
  assert {
    condition     = startswith(module.service["orders"].settings.service["PUBLIC_HOSTS"], "example.com,")
    error_message = "And each answers to the one name."
  }
}

run "endpoints" {
  variables {
    zones          = 3
    private_access = "endpoints"
    endpoint_zones = 1
  }

  assert {
    condition     = toset(module.endpoints[0].subnet_ids) == toset([module.network.private_subnet_ids[0]])
    error_message = "Endpoints stand in as many zones as were asked for, in private subnets."
  }
}

run "image_missing" {
  command = plan

  variables {
    images = { products = "x/products:v1" }
  }

  expect_failures = [output.services]
}

# The mock's account has us-east-1 with its letters in another order: a is use1-az6, b use1-az3, c use1-az1, d use1-az2.
run "zones_by_id" {
  command = plan

  assert {
    condition     = local.zones == ["us-east-1c", "us-east-1d"]
    error_message = "Of more zones than are wanted the first by id are taken, whatever their letters are."
  }
}

run "zones_without_arm" {
  command = plan

  variables {
    zones = 3
  }

  assert {
    condition     = local.zones == ["us-east-1c", "us-east-1d", "us-east-1a"]
    error_message = "The zone in which Fargate has no ARM is left out."
  }
}

run "zones_of_x86" {
  command = plan

  variables {
    zones        = 3
    architecture = "X86_64"
  }

  assert {
    condition     = local.zones == ["us-east-1c", "us-east-1d", "us-east-1b"] && alltrue([for service in module.service : service.architectures == toset(["X86_64"])])
    error_message = "With another architecture it is in again, and everything runs on that."
  }
}

run "too_few_zones" {
  command = plan

  variables {
    zones = 3
  }

  override_data {
    target = data.aws_availability_zones.here
    values = {
      names    = ["us-east-1a", "us-east-1b", "us-east-1c"]
      zone_ids = ["use1-az1", "use1-az2", "use1-az3"]
    }
  }

  expect_failures = [data.aws_availability_zones.here]
}
