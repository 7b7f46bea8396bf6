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
    condition     = alltrue([for name, service in module.service : endswith(service.settings.service["DATABASE_URL"], "/${name}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds.pem") if service.setup_task_definition_arn != null])
    error_message = "The database's name is verified, with the roots that every image has."
  }
  assert {
    condition     = output.database.connections == length([for at in values(jsondecode(file("../services.json"))) : at if lookup(at, "database", true)]) * 2 * 2 * 6
    error_message = "Connections are counted: of each service with a database, twice two tasks, six each."
  }
}

run "who_reads_in_aws" {
  assert {
    condition = { for name in ["AWS_REGION", "OPS_CLUSTER", "OPS_SERVICES"] : name => lookup(module.service["ops"].settings.service, name, null) } == {
      AWS_REGION   = "us-east-1"
      OPS_CLUSTER  = aws_ecs_cluster.main.name
      OPS_SERVICES = join(",", keys(jsondecode(file("../services.json"))))
    }
    error_message = "It is told where it looks."
  }
  assert {
    condition     = toset([for name, service in module.service : name if length(service.actions) > 0]) == toset([for name, at in jsondecode(file("../services.json")) : name if lookup(at, "aws", "") == "read"])
    error_message = "Nobody else may do anything in AWS."
  }
}

run "no_models" {
  assert {
    condition     = !anytrue([for service in module.service : contains(keys(service.settings.service), "MODELS") || contains(keys(service.secrets.service), "OPENAI_KEY")])
    error_message = "Without a word no model is asked."
  }
}

run "models" {
  variables {
    models = {
      ask       = ["bedrock:us.amazon.nova-2-lite-v1:0", "openai:gpt-4o-mini"]
      judge     = "bedrock:us.amazon.nova-micro-v1:0"
      guardrail = { id = "gr1", version = "3" }
      openai    = { url = "https://models.example.com/v1" }
    }
  }

  assert {
    condition     = toset([for name, service in module.service : name if contains(keys(service.settings.service), "MODELS")]) == toset([for name, at in jsondecode(file("../services.json")) : name if lookup(at, "models", false)])
    error_message = "They are told who asks models, and nobody else."
  }
  assert {
    condition = alltrue([for service in module.service : { for name in ["MODELS", "JUDGE_MODEL", "AWS_REGION", "OPENAI_URL", "GUARDRAIL"] : name => service.settings.service[name] } == {
      MODELS      = "bedrock:us.amazon.nova-2-lite-v1:0,openai:gpt-4o-mini"
      JUDGE_MODEL = "bedrock:us.amazon.nova-micro-v1:0"
      AWS_REGION  = "us-east-1"
      OPENAI_URL  = "https://models.example.com/v1"
      GUARDRAIL   = "gr1:3"
    } if contains(keys(service.settings.service), "MODELS")])
    error_message = "By the program's own names, in their order."
  }
  assert {
    condition     = alltrue([for service in module.service : can(regex("^arn:aws:secretsmanager:.*:OPENAI_KEY::$", service.secrets.service["OPENAI_KEY"])) && contains(service.actions, "bedrock:InvokeModel") if contains(keys(service.settings.service), "MODELS")])
    error_message = "OpenAI's key is a secret, and Bedrock is asked with the role."
  }
}

run "models_without_a_key" {
  variables {
    models = { ask = ["openai:qwen3"], openai = { url = "https://models.example.com/v1", key = false } }
  }

  assert {
    condition     = !anytrue([for service in module.service : contains(keys(service.secrets.service), "OPENAI_KEY") || (length(service.actions) > 0 && contains(keys(service.settings.service), "MODELS"))])
    error_message = "Who asks a server without a key is given none, and no right."
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

run "no_traces" {
  assert {
    condition     = !anytrue(flatten([for service in module.service : [for name in concat(keys(service.settings.service), keys(service.secrets.service)) : startswith(name, "OTEL_")]]))
    error_message = "Without a word there are no traces."
  }
}

run "traces" {
  variables {
    traces = { endpoint = "https://otlp.example.com/in", headers = true }
  }

  assert {
    condition = alltrue([for service in module.service : { for name, value in service.settings.service : name => value if startswith(name, "OTEL_") } == {
      OTEL_EXPORTER_OTLP_ENDPOINT = "https://otlp.example.com/in"
      OTEL_RESOURCE_ATTRIBUTES    = "deployment.environment.name=test"
      OTEL_TRACES_SAMPLER         = "parentbased_traceidratio"
      OTEL_TRACES_SAMPLER_ARG     = "0.01"
    }])
    error_message = "Every service is told by OpenTelemetry's own names where its traces go, and which."
  }
  assert {
    condition     = alltrue([for name, service in module.service : can(regex("^arn:aws:secretsmanager:.*:OTEL_EXPORTER_OTLP_HEADERS::$", service.secrets.service["OTEL_EXPORTER_OTLP_HEADERS"]))])
    error_message = "The collector's key comes from the secrets of each."
  }
}

run "nobody_signs_in" {
  assert {
    condition     = output.sign_in == null && length(module.sign_in) == 0 && !anytrue(flatten([for service in module.service : [for name in keys(service.settings.service) : startswith(name, "OAUTH_")]]))
    error_message = "Without a word there is no sign-in."
  }
}

run "sign_in_with_cognito" {
  variables {
    allowed_addresses = null
    sign_in           = { by = "cognito", scopes = ["products:read", "orders:write"], clients = ["machine1"], customer_claim = "username" }
  }

  assert {
    condition = { for name, value in module.service["products"].settings.service : name => value if startswith(name, "OAUTH_") || contains(["AUTH", "PUBLIC_URL"], name) } == {
      AUTH                 = "both"
      PUBLIC_URL           = "https://products.example.com/mcp"
      OAUTH_ISSUER         = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Mock00000"
      OAUTH_CLIENTS        = "${module.sign_in[0].people},machine1"
      OAUTH_SCOPES         = "products:read"
      OAUTH_SCOPE_PREFIX   = "https://products.example.com/mcp/"
      OAUTH_SCOPE_CLAIM    = "scope,cognito:groups"
      OAUTH_CUSTOMER_CLAIM = "username"
      OAUTH_FACADE         = "on"
    }
    error_message = "A service is told whose tokens count, and what to ask for."
  }
  assert {
    condition     = module.service["orders"].settings.service["OAUTH_SCOPES"] == "orders:write" && module.service["orders"].settings.service["OAUTH_SCOPE_PREFIX"] == "https://orders.example.com/mcp/"
    error_message = "Each its own."
  }
  assert {
    condition     = toset(output.sign_in.groups) == setsubtract(flatten([for service in values(jsondecode(file("../services.json"))) : keys(service.scopes)]), ["products:read", "orders:write"])
    error_message = "For what not everybody may there are groups."
  }
  assert {
    condition = output.sign_in.services["products"] == {
      url         = "https://products.example.com/mcp"
      client_id   = module.sign_in[0].people
      claude_code = "claude mcp add --transport http --client-id ${module.sign_in[0].people} --callback-port 8080 products https://products.example.com/mcp"
      mcp_remote  = "npx -y mcp-remote https://products.example.com/mcp 3334 --transport http-only --static-oauth-client-info '{\"client_id\":\"${module.sign_in[0].people}\"}'"
    }
    error_message = "What a person types is printed."
  }
}

run "sign_in_before_there_is_a_pool" {
  command = plan

  variables {
    sign_in = { by = "cognito", scopes = ["products:read"] }
  }

  assert {
    condition     = toset(keys(local.oauth_settings["products"])) == toset(["OAUTH_ISSUER", "OAUTH_CLIENTS", "OAUTH_SCOPES", "OAUTH_SCOPE_PREFIX", "OAUTH_SCOPE_CLAIM", "OAUTH_FACADE"]) && !contains(keys(local.oauth_settings["orders"]), "OAUTH_SCOPES")
    error_message = "Who looks at the plan sees which settings there will be."
  }
}

run "sign_in_with_another_issuer" {
  variables {
    routing = "path"
    sign_in = {
      by             = "issuer"
      scopes         = ["products:read"]
      customer_claim = "customer"
      issuer         = { url = "https://login.microsoftonline.com/t/v2.0", client_id = "c", audience = ["a", "b"], prefix = "api://a/", scope_claim = ["scp", "roles"], facade = true }
    }
  }

  assert {
    condition = { for name, value in module.service["orders"].settings.service : name => value if startswith(name, "OAUTH_") } == {
      OAUTH_ISSUER         = "https://login.microsoftonline.com/t/v2.0"
      OAUTH_AUDIENCE       = "a,b"
      OAUTH_SCOPE_PREFIX   = "api://a/"
      OAUTH_SCOPE_CLAIM    = "scp,roles"
      OAUTH_CUSTOMER_CLAIM = "customer"
      OAUTH_FACADE         = "on"
    }
    error_message = "What was said of it is handed on, and nothing else; orders has none of the scopes that are asked for."
  }
  assert {
    condition     = length(module.sign_in) == 0 && output.sign_in.client_id == "c" && output.sign_in.pages == null
    error_message = "Nothing is made."
  }
  assert {
    condition     = { for service, route in local.routes : service => route.root } == { for service in keys(local.routes) : service => service == "orders" }
    error_message = "With one name for all, one of them answers at its root, and says the same of each."
  }
}

run "sign_in_with_clients_that_register" {
  variables {
    sign_in = { by = "issuer", scopes = ["products:read"], issuer = { url = "https://id.example.com/realms/shop" } }
  }

  assert {
    condition     = { for name, value in module.service["products"].settings.service : name => value if startswith(name, "OAUTH_") } == { OAUTH_ISSUER = "https://id.example.com/realms/shop", OAUTH_SCOPES = "products:read" }
    error_message = "The rest is the program's own default."
  }
  assert {
    condition = (
      output.sign_in.services["products"].claude_code == "claude mcp add --transport http products https://products.example.com/mcp" &&
      output.sign_in.services["products"].mcp_remote == "npx -y mcp-remote https://products.example.com/mcp 3334 --transport http-only"
    )
    error_message = "Nobody types a client id where clients register themselves."
  }
}

run "sign_in_to_a_scope_made_up" {
  command = plan

  variables {
    sign_in = { by = "cognito", scopes = ["products:everything"] }
  }

  expect_failures = [output.sign_in]
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

run "page" {
  variables {
    allowed_origins = ["https://app.example.com"]
    sign_in         = { by = "cognito", scopes = ["support:chat"] }
    web             = { support = { host = "help.example.com", scope = "support:chat", rum = 0.1 } }
  }

  assert {
    condition = {
      for service, made in module.service : service => made.settings.service["ALLOWED_ORIGINS"] if made.settings.service["ALLOWED_ORIGINS"] != "https://app.example.com"
    } == { support = "https://app.example.com,https://help.example.com" }
    error_message = "The service lets its page call beside whom it let before, the others don't."
  }
  assert {
    condition     = output.web["support"].url == "https://help.example.com/" && output.web["support"].bucket == "shop-test-support-web-123456789012"
    error_message = "The pipeline is told where the files go, and where the page is then."
  }
  assert {
    condition     = contains(module.sign_in[0].callbacks, "https://help.example.com/")
    error_message = "The issuer leads people back to the page."
  }
  assert {
    condition     = module.cdn["support"].config == { api = "https://support.example.com/mcp", client_id = output.sign_in.client_id, scope = "support:chat", keys = false, rum = module.rum["support"].config }
    error_message = "The page is told where the service is and as which client it signs people in, at whom, the service says; and whom it tells how it went."
  }
  assert {
    condition     = join(" ", module.cdn["support"].connects) == "https://support.example.com https://cognito-idp.us-east-1.amazonaws.com ${module.sign_in[0].pages} https://dataplane.rum.us-east-1.amazonaws.com https://cognito-identity.us-east-1.amazonaws.com"
    error_message = "It asks the service, where people sign in, and RUM."
  }
}

run "no_page" {
  command = plan

  assert {
    condition     = length(module.cdn) == 0 && output.web == {}
    error_message = "There is a page only where it is asked for."
  }
}

run "page_that_is_not_measured" {
  variables {
    web = { support = { host = "help.example.com", keys = true } }
  }

  assert {
    condition     = length(module.rum) == 0 && !contains(keys(module.cdn["support"].config), "rum") && join(" ", module.cdn["support"].connects) == "https://support.example.com"
    error_message = "Nobody is told how a page went, where it was not asked for."
  }
}

run "page_of_a_service_without_one" {
  command = plan

  variables {
    web = { orders = { host = "help.example.com", keys = true } }
  }

  expect_failures = [output.web]
}

run "page_under_the_name_of_a_service" {
  command = plan

  variables {
    web = { support = { host = "support.example.com", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/given", keys = true } }
  }

  expect_failures = [output.web]
}

run "table" {
  variables {
    tables = { support = {} }
  }

  assert {
    condition     = output.tables == { support = "shop-test-support" } && module.service["support"].settings.service["HISTORY"] == "dynamodb:shop-test-support" && module.service["support"].settings.service["AWS_REGION"] == "us-east-1"
    error_message = "The table is there, and its service is told of it and of the region."
  }
  assert {
    condition     = toset(flatten([for service, made in module.service : [for name in keys(made.settings.service) : service if name == "HISTORY"]])) == toset(["support"])
    error_message = "No other service is told of it."
  }
}

run "table_of_a_service_without_one" {
  command = plan

  variables {
    tables = { orders = {} }
  }

  expect_failures = [output.tables]
}

run "models_behind_a_guardrail_of_ours" {
  variables {
    models = { ask = ["bedrock:us.amazon.nova-2-lite-v1:0"], guardrail = { denied = { "Legal advice" = "What the law says." } } }
  }

  assert {
    condition     = module.service["support"].settings.service["GUARDRAIL"] == "mock12345678:1" && length(module.guardrail) == 1
    error_message = "One is made, and its service asks behind that version."
  }
  assert {
    condition     = local.models["support"].guardrail == { id = "mock12345678", version = "1" }
    error_message = "Its role may ask behind no other."
  }
}
