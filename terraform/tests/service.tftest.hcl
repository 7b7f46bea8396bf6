# One service: what runs, with which rights, how it is reached, replaced and scaled. Here orders, which calls products.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name           = "shop-test"
  service        = "orders"
  region         = "us-east-1"
  account        = "123456789012"
  image          = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/orders@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  architecture   = "ARM64"
  repository_arn = "arn:aws:ecr:us-east-1:123456789012:repository/shop/orders"
  size = {
    port             = 8082, cpu = 256, memory = 512, minimum = 2, maximum = 6, loops = 1, database_connections = 4, cpu_percent = 60, requests_per_task = 12000,
    streams_per_task = 5000, latency_alarm_ms = 500, log_retention_days = 365
  }
  deployment      = { strategy = "ROLLING", bake_minutes = 10 }
  schedule        = null
  settings        = { COMPAT = "all", PUBLIC_HOSTS = "orders.example.com" }
  keys_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-test/orders/keys-AbCdEf"
  database = {
    address           = "db.example.internal"
    query             = "sslmode=require"
    secret_arn        = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-test/orders/database-AbCdEf"
    master_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-master-AbCdEf"
  }
  calls                = { products = "http://products.shop-test.internal:8081/mcp" }
  key_arn              = "arn:aws:kms:us-east-1:123456789012:key/mock"
  permissions_boundary = "arn:aws:iam::123456789012:policy/shop-test-boundary"
  cluster_name         = "shop-test"
  vpc_id               = "vpc-1"
  subnet_ids           = ["subnet-private-a", "subnet-private-b"]
  security_group_id    = "sg-orders"
  namespace_id         = "ns-1"
  balancer             = { listener_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop-test/1/2", arn_suffix = "app/shop-test/1" }
  route                = { host = "orders.example.com", prefix = "", priority = 10 }
  topic_arn            = "arn:aws:sns:us-east-1:123456789012:shop-test-alarms"
}

run "container" {
  module {
    source = "./modules/service"
  }

  assert {
    condition     = output.containers.service.image == var.image && output.containers.setup.image == var.image
    error_message = "Service and setup run the very image that was named."
  }
  assert {
    condition     = alltrue([for container in values(output.containers) : container.readonlyRootFilesystem == true])
    error_message = "No container can write to its own files."
  }
  assert {
    condition     = alltrue([for container in values(output.containers) : container.user == "10001:10001" && container.privileged == false])
    error_message = "No container is root."
  }
  assert {
    condition     = alltrue([for container in values(output.containers) : container.linuxParameters.capabilities.drop == ["ALL"] && length(container.linuxParameters.capabilities.add) == 0])
    error_message = "No container has a capability."
  }
  assert {
    condition     = alltrue([for container in values(output.containers) : container.stopTimeout == 120])
    error_message = "A stop may take what ECS allows at most."
  }
  assert {
    condition     = alltrue([for container in values(output.containers) : container.logConfiguration.options.mode == "non-blocking" && container.logConfiguration.options["max-buffer-size"] == "25m"])
    error_message = "Slow logs hold nothing up, and have room before a line is lost."
  }
  assert {
    condition     = output.containers.service.healthCheck.command == ["CMD", "/usr/bin/mcp-orders", "healthcheck"]
    error_message = "The program checks itself; the image has no shell."
  }
  assert {
    condition = (
      output.containers.service.portMappings[0].containerPort == 8082 &&
      length(output.containers.setup.portMappings) == 0
    )
    error_message = "The service has its one port, the setup none."
  }
  assert {
    condition = (
      aws_ecs_task_definition.service.network_mode == "awsvpc" &&
      aws_ecs_task_definition.service.requires_compatibilities == toset(["FARGATE"])
    )
    error_message = "Tasks are Fargate's, with an address of their own."
  }
}

run "settings" {
  module {
    source = "./modules/service"
  }

  assert {
    condition     = output.settings.service["AUTH"] == "keys"
    error_message = "Nothing runs without keys."
  }
  assert {
    condition     = output.settings.service["DATABASE_URL"] == "postgresql://db.example.internal:5432/orders?sslmode=require"
    error_message = "The database is the service's own, over TLS, and its address holds no password."
  }
  assert {
    condition     = output.settings.service["LOOPS"] == "1" && output.settings.service["DATABASE_CONNECTIONS"] == "4"
    error_message = "What a task opens of the database does not depend on the machine that it runs on."
  }
  assert {
    condition     = output.settings.service["PRODUCTS_URL"] == "http://products.shop-test.internal:8081/mcp"
    error_message = "orders knows where products is, inside the network."
  }
  assert {
    condition     = output.settings.service["IDLE_TIMEOUT"] == "4100s"
    error_message = "The server keeps connections longer than the balancer's 4000 s."
  }
  assert {
    condition     = tonumber(trimsuffix(output.settings.service["SHUTDOWN_TIMEOUT"], "s")) < output.containers.service.stopTimeout
    error_message = "The program is done before ECS cuts it off."
  }
  assert {
    condition     = tonumber(trimsuffix(output.settings.service["DRAIN_PAUSE"], "s")) > one(aws_service_discovery_service.main.dns_config[0].dns_records).ttl
    error_message = "Callers inside the network have forgotten a task before it stops."
  }
  assert {
    condition = (
      output.settings.service["METRICS_EMF"] == "shop-test" &&
      output.settings.service["LOG_FORMAT"] == "json"
    )
    error_message = "Figures go with the log, as JSON."
  }
  assert {
    condition     = output.settings.service["COMPAT"] == "all"
    error_message = "Settings from outside reach the program."
  }
  assert {
    condition     = length([for each in output.containers.service.environment : each.name]) == length(distinct([for each in output.containers.service.environment : each.name]))
    error_message = "No setting is there twice."
  }
  assert {
    condition     = !anytrue([for each in concat(output.containers.service.environment, output.containers.setup.environment) : can(regex("(KEYS?|PASSWORD|SECRET|TOKEN|USER)$", each.name))])
    error_message = "Nothing secret is a plain setting."
  }
}

run "what_is_fixed_stays" {
  variables {
    settings = { AUTH = "none", HOST = "127.0.0.1", IDLE_TIMEOUT = "1s" }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = (
      output.settings.service["AUTH"] == "keys" &&
      output.settings.service["HOST"] == "0.0.0.0" &&
      output.settings.service["IDLE_TIMEOUT"] == "4100s"
    )
    error_message = "No setting takes the keys away, or breaks what fits the balancer."
  }
}

run "with_traces" {
  variables {
    settings     = { OTEL_EXPORTER_OTLP_ENDPOINT = "https://otlp.example.com" }
    more_secrets = ["OTEL_EXPORTER_OTLP_HEADERS"]
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = (
      output.secrets.service["OTEL_EXPORTER_OTLP_HEADERS"] == "${var.keys_secret_arn}:OTEL_EXPORTER_OTLP_HEADERS::" &&
      !contains(keys(output.settings.service), "OTEL_EXPORTER_OTLP_HEADERS") && !contains(keys(output.secrets.setup), "OTEL_EXPORTER_OTLP_HEADERS")
    )
    error_message = "The collector's key is a secret, and the service's alone."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.failing["spans"].alarm_name == "shop-test-orders-spans" && aws_cloudwatch_metric_alarm.failing["spans"].metric_name == "LostSpans"
    error_message = "Somebody hears that spans are lost."
  }
}

run "with_sign_in" {
  variables {
    settings = { OAUTH_ISSUER = "https://login.example.com", OAUTH_SCOPES = "orders:read" }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition     = output.settings.service["AUTH"] == "both" && contains([for each in output.containers.service.secrets : each.name], "API_KEYS")
    error_message = "Tokens are taken beside keys, which other services and the pipeline have."
  }
  assert {
    condition = (
      toset([for alarm in aws_cloudwatch_metric_alarm.sign_in : alarm.alarm_name]) == toset([for alarm in ["issuer", "issuer-keys", "refused-tokens"] : "shop-test-orders-${alarm}"]) &&
      alltrue([for alarm in aws_cloudwatch_metric_alarm.sign_in : alarm.alarm_actions == toset([var.topic_arn]) && alarm.treat_missing_data == "notBreaching"])
    )
    error_message = "Somebody hears that the issuer's keys can't be had, are old, or that most tokens are refused; a service that sleeps says nothing."
  }
  assert {
    condition     = output.settings.service["OAUTH_ISSUER"] == "https://login.example.com" && !contains(keys(output.settings.setup), "OAUTH_ISSUER")
    error_message = "The service is told whose tokens count."
  }
}

run "secrets" {
  module {
    source = "./modules/service"
  }

  assert {
    condition = output.secrets.service == {
      API_KEYS          = "${var.keys_secret_arn}:API_KEYS::"
      STATE_KEYS        = "${var.keys_secret_arn}:STATE_KEYS::"
      PRODUCTS_KEY      = "${var.keys_secret_arn}:PRODUCTS_KEY::"
      DATABASE_USER     = "${var.database.secret_arn}:username::"
      DATABASE_PASSWORD = "${var.database.secret_arn}:password::"
    }
    error_message = "Every secret is a reference, by its JSON key."
  }
  assert {
    condition = output.secrets.setup == {
      SETUP_USER        = "${var.database.master_secret_arn}:username::"
      SETUP_PASSWORD    = "${var.database.master_secret_arn}:password::"
      DATABASE_USER     = "${var.database.secret_arn}:username::"
      DATABASE_PASSWORD = "${var.database.secret_arn}:password::"
    }
    error_message = "The setup has the master's secret and the service's own."
  }
  assert {
    condition = (
      output.containers.setup.command == ["setup"] &&
      output.settings.setup["SETUP_URL"] == "postgresql://db.example.internal:5432/postgres?sslmode=require"
    )
    error_message = "The setup runs `setup` against the server's own database."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.execution["service"].policy, "rds!")
    error_message = "Only the setup may read the master's secret."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.execution["setup"].policy, "orders/keys")
    error_message = "The setup may not read the keys of clients."
  }
  assert {
    condition = (
      aws_ecs_task_definition.service.execution_role_arn == aws_iam_role.execution["service"].arn &&
      aws_ecs_task_definition.setup[0].execution_role_arn == aws_iam_role.execution["setup"].arn
    )
    error_message = "Service and setup start with a role of their own."
  }
}

# With a state of its own: what it has none of is not taken down here.
run "without_a_database" {
  state_key = "without_a_database"

  variables {
    database = null
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition     = output.setup_task_definition_arn == null && keys(output.containers) == ["service"] && keys(aws_iam_role.execution) == ["service"]
    error_message = "There is nothing to set up, and no role that would."
  }
  assert {
    condition     = !anytrue([for name in concat(keys(output.settings.service), keys(output.secrets.service)) : startswith(name, "DATABASE_")])
    error_message = "It is told of no database."
  }
  assert {
    condition     = toset(keys(output.secrets.service)) == toset(["API_KEYS", "STATE_KEYS", "PRODUCTS_KEY"]) && !strcontains(aws_iam_role_policy.execution["service"].policy, "/database-")
    error_message = "It has its keys, and may read nothing else."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.failing) == ["calls-out"]
    error_message = "Nobody waits for statements that fail."
  }
}

run "that_reads_in_aws" {
  variables {
    reads = "shop"
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition     = [for policy in aws_iam_role_policy.task : policy.role] == [aws_iam_role.task.id] && strcontains(aws_iam_role.task.description, "may read in AWS")
    error_message = "The program itself may read, and who starts it may not."
  }
  assert {
    condition     = toset([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Effect]) == toset(["Allow", "Deny"]) && contains(output.actions, "ecs:DescribeServices") && !anytrue([for action in output.actions : can(regex("Secret(Value)?$|[*]", action)) && action != "secretsmanager:ListSecrets"])
    error_message = "No secret's value, and no action that is not named."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.task[0].policy).Statement : statement.Resource != "*" || contains(["InTheCluster", "KnowNoResource", "Never"], statement.Sid)])
    error_message = "What has a name is read by its name."
  }
  assert {
    condition     = length(aws_iam_role_policy.task[0].policy) <= 6144
    error_message = "AWS takes no longer policy."
  }
}

run "that_asks_models" {
  variables {
    models = { bedrock = ["us.amazon.nova-2-lite-v1:0", "amazon.nova-micro-v1:0"], guardrail = null, tokens_a_day = 0 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = jsonencode(jsondecode(aws_iam_role_policy.models[0].policy).Statement) == jsonencode([
      {
        Sid      = "AskByProfile"
        Effect   = "Allow"
        Action   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
        Resource = ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0"]
      },
      {
        Sid       = "ModelOfProfile1"
        Effect    = "Allow"
        Action    = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
        Resource  = ["arn:aws:bedrock:*::foundation-model/amazon.nova-2-lite-v1:0"]
        Condition = { StringEquals = { "bedrock:InferenceProfileArn" = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0" } }
      },
      {
        Sid      = "Ask"
        Effect   = "Allow"
        Action   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
        Resource = ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"]
      },
    ])
    error_message = "A profile is asked where the service is, its model in any region but only by it, and another model here alone."
  }
  assert {
    condition     = [for policy in aws_iam_role_policy.models : policy.role] == [aws_iam_role.task.id] && strcontains(aws_iam_role.task.description, "may ask models in AWS") && contains(output.actions, "bedrock:InvokeModelWithResponseStream")
    error_message = "The program itself may ask, and who starts it may not."
  }
}

run "that_asks_models_behind_a_guardrail" {
  variables {
    models = { bedrock = ["us.amazon.nova-2-lite-v1:0", "amazon.nova-micro-v1:0"], guardrail = { id = "gr1", version = "3" }, tokens_a_day = 0 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.models[0].policy).Statement :
      try(statement.Condition.StringEquals["bedrock:GuardrailIdentifier"], null) == "arn:aws:bedrock:us-east-1:123456789012:guardrail/gr1:3" if statement.Sid != "Guard"]) && contains(
      [for statement in jsondecode(aws_iam_role_policy.models[0].policy).Statement : join(" ", concat(statement.Action, statement.Resource))],
    "bedrock:ApplyGuardrail arn:aws:bedrock:us-east-1:123456789012:guardrail/gr1")
    error_message = "Nothing is asked without that version of the guardrail."
  }
}

run "that_asks_models_of_others" {
  variables {
    models = { bedrock = [], guardrail = null, tokens_a_day = 0 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition     = length(aws_iam_role_policy.models) == 0 && output.actions == []
    error_message = "Who asks no model of Bedrock has no right in AWS."
  }
}

run "that_keeps_a_table" {
  variables {
    table = { name = "shop-test-desk", arn = "arn:aws:dynamodb:us-east-1:123456789012:table/shop-test-desk" }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.table[0].policy).Statement : statement.Sid => statement.Resource } == {
      Items   = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-test-desk"]
      Indexes = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-test-desk/index/*"]
      ItsKey  = [var.key_arn]
    }
    error_message = "Its role may use its table, the indexes of that, and the key behind it; no other."
  }
  assert {
    condition = (
      jsondecode(aws_iam_role_policy.table[0].policy).Statement[1].Action == ["dynamodb:Query"] &&
      length(setintersection(jsondecode(aws_iam_role_policy.table[0].policy).Statement[0].Action, ["dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable"])) == 0 &&
      jsondecode(aws_iam_role_policy.table[0].policy).Statement[2].Condition == { StringEquals = { "kms:ViaService" = "dynamodb.us-east-1.amazonaws.com" } }
    )
    error_message = "Indexes are only read, nothing goes through all of it, and the key is DynamoDB's to use."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.table) == ["table-errors", "table-throttled"] && !contains(output.actions, "dynamodb:Query")
    error_message = "It rings where DynamoDB does not do what it is asked, and no endpoint is paid by the hour for it: a gateway leads there."
  }
}

run "roles" {
  module {
    source = "./modules/service"
  }

  assert {
    condition     = alltrue(flatten([for policy in aws_iam_role_policy.execution : [for statement in jsondecode(policy.policy).Statement : [for action in flatten([statement.Action]) : !strcontains(action, "*")]]]))
    error_message = "No policy has a * in an action."
  }
  assert {
    condition     = alltrue(flatten([for policy in aws_iam_role_policy.execution : [for statement in jsondecode(policy.policy).Statement : statement.Resource != "*" || flatten([statement.Action]) == ["ecr:GetAuthorizationToken"]]]))
    error_message = "Only signing in to the registry is on everything: it knows no resource."
  }
  assert {
    condition     = toset(flatten([for statement in jsondecode(aws_iam_role_policy.execution["service"].policy).Statement : statement.Resource if flatten([statement.Action]) == ["secretsmanager:GetSecretValue"]])) == toset([var.keys_secret_arn, var.database.secret_arn])
    error_message = "The service may read its own two secrets."
  }
  assert {
    condition     = alltrue([for role in concat([aws_iam_role.task], values(aws_iam_role.execution)) : role.permissions_boundary == var.permissions_boundary && role.path == "/shop-test/"])
    error_message = "Every role is within the boundary."
  }
  assert {
    condition     = alltrue([for role in concat([aws_iam_role.task], values(aws_iam_role.execution)) : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"])
    error_message = "ECS takes the roles for this account alone."
  }
  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.execution : policy.role != aws_iam_role.task.id]) && length(aws_iam_role_policy.task) == 0 && output.actions == []
    error_message = "The program itself has no right in AWS."
  }
}

run "deployment" {
  module {
    source = "./modules/service"
  }

  assert {
    condition = (
      aws_ecs_service.main.deployment_circuit_breaker[0].enable &&
      aws_ecs_service.main.deployment_circuit_breaker[0].rollback
    )
    error_message = "A deployment that does not start goes back."
  }
  assert {
    condition = (
      aws_ecs_service.main.alarms[0].enable &&
      aws_ecs_service.main.alarms[0].rollback &&
      aws_ecs_service.main.alarms[0].alarm_names == toset(["shop-test-orders-errors", "shop-test-orders-latency"])
    )
    error_message = "A deployment that serves badly goes back too."
  }
  assert {
    condition = (
      aws_ecs_service.main.deployment_minimum_healthy_percent == 100 &&
      aws_ecs_service.main.deployment_maximum_percent == 200
    )
    error_message = "There is no moment with fewer tasks."
  }
  assert {
    condition = (
      aws_ecs_service.main.network_configuration[0].assign_public_ip == false &&
      aws_ecs_service.main.network_configuration[0].subnets == toset(var.subnet_ids) &&
      aws_ecs_service.main.network_configuration[0].security_groups == toset(["sg-orders"])
    )
    error_message = "Tasks are in the private subnets, without public address, in their own group."
  }
  assert {
    condition     = aws_ecs_service.main.enable_execute_command == false
    error_message = "Nobody gets a shell in a task."
  }
  assert {
    condition     = aws_ecs_service.main.launch_type == "FARGATE" && aws_ecs_service.main.platform_version == "LATEST"
    error_message = "It runs on the latest Fargate."
  }
  assert {
    condition     = aws_lb_target_group.main["first"].deregistration_delay == "90"
    error_message = "A task that goes has 90 s for its calls."
  }
  assert {
    condition = (
      aws_lb_target_group.main["first"].load_balancing_algorithm_type == "least_outstanding_requests" &&
      aws_lb_target_group.main["first"].stickiness[0].enabled == false
    )
    error_message = "Requests go to who has least to do, not to who had the last."
  }
  assert {
    condition = (
      aws_lb_target_group.main["first"].health_check[0].path == "/readyz" &&
      aws_lb_target_group.main["first"].health_check[0].matcher == "200" &&
      aws_lb_target_group.main["first"].target_type == "ip" &&
      aws_lb_target_group.main["first"].port == 8082
    )
    error_message = "Only what is ready gets requests."
  }
  assert {
    condition = (
      one(aws_ecs_service.main.load_balancer).container_port == output.containers.service.portMappings[0].containerPort &&
      one(aws_ecs_service.main.load_balancer).container_name == output.containers.service.name
    )
    error_message = "The balancer sends to the port that the container listens on."
  }
  assert {
    condition     = aws_ecs_service.main.service_registries[0].registry_arn == aws_service_discovery_service.main.arn
    error_message = "Other services find it by name."
  }
}

# Two releases: what Terraform does when another image is to run.
run "before_a_release" {
  state_key = "release"

  module {
    source = "./modules/service"
  }
}

run "a_release" {
  state_key = "release"

  variables {
    image      = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/orders@sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
    size       = merge(var.size, { minimum = 3, maximum = 9 })
    deployment = { strategy = "BLUE_GREEN", bake_minutes = 10 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    # A mock replaces nothing, so a revision never gets another ARN here.
    condition     = output.task_definition_arn != "" && can(regex("ignore_changes = \\[[^]]*task_definition", file("modules/service/service.tf")))
    error_message = "Terraform registers what is to run; the release moves the service to it, once."
  }
  assert {
    condition     = aws_appautoscaling_target.main.min_capacity == 0 && aws_appautoscaling_target.main.max_capacity == 6
    error_message = "No plan undoes a night, or what the release set."
  }
  assert {
    condition     = length(one(aws_lb_listener_rule.main["production"].action).forward) == 0
    error_message = "Where ECS has sent the traffic no plan changes."
  }
}

run "routes_by_host" {
  module {
    source = "./modules/service"
  }

  assert {
    condition     = toset(flatten([for rule in aws_lb_listener_rule.main : [for condition in rule.condition : [for path in condition.path_pattern : tolist(path.values)]]])) == toset(["/mcp*", "/readyz", "/.well-known/*"])
    error_message = "The endpoint, what is below it, the well-known paths and readiness get through."
  }
  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.main : flatten([for condition in rule.condition : [for host in condition.host_header : tolist(host.values)]]) == ["orders.example.com"]])
    error_message = "For the service's own name alone."
  }
  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.main : length(rule.transform) == 0])
    error_message = "With a name of its own no path is changed."
  }
}

run "routes_by_path" {
  variables {
    route = { host = "example.com", prefix = "/orders", priority = 10 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition     = toset(flatten([for rule in aws_lb_listener_rule.main : [for condition in rule.condition : [for path in condition.path_pattern : tolist(path.values)]]])) == toset(["/orders/mcp*", "/orders/readyz", "/.well-known/*/orders/*"])
    error_message = "Every path has the service before it."
  }
  assert {
    condition = { for path in ["/orders/mcp", "/orders/mcp/x", "/orders/readyz", "/.well-known/oauth-protected-resource/orders/mcp"] :
      path => replace(path, "/${one(one(aws_lb_listener_rule.main["production"].transform).url_rewrite_config[0].rewrite[*]).regex}/", one(one(aws_lb_listener_rule.main["production"].transform).url_rewrite_config[0].rewrite[*]).replace)
      } == {
      "/orders/mcp"                                      = "/mcp"
      "/orders/mcp/x"                                    = "/mcp/x"
      "/orders/readyz"                                   = "/readyz"
      "/.well-known/oauth-protected-resource/orders/mcp" = "/.well-known/oauth-protected-resource/mcp"
    }
    error_message = "The server sees its own paths."
  }
}

# A program's own sign-in page has no path of a service in it: of one name one of them answers there.
run "routes_by_path_of_the_first" {
  variables {
    route      = { host = "example.com", prefix = "/orders", priority = 10, root = true }
    deployment = { strategy = "BLUE_GREEN", bake_minutes = 10 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = { for path in [
      "/orders/mcp", "/orders/mcp/x", "/orders/readyz", "/.well-known/oauth-protected-resource/orders/mcp", "/.well-known/oauth-authorization-server",
      "/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server/products/mcp", "/products/mcp", "/orders/healthz", "/orders/",
      ] : path => anytrue([for rule in aws_lb_listener_rule.main : anytrue(flatten([for condition in rule.condition : [for part in condition.path_pattern : [for expression in part.regex_values : can(regex(expression, path))]]]))])
      } == {
      "/orders/mcp"                                          = true
      "/orders/mcp/x"                                        = true
      "/orders/readyz"                                       = true
      "/.well-known/oauth-protected-resource/orders/mcp"     = true
      "/.well-known/oauth-authorization-server"              = true
      "/.well-known/oauth-protected-resource"                = false
      "/.well-known/oauth-authorization-server/products/mcp" = false
      "/products/mcp"                                        = false
      "/orders/healthz"                                      = false
      "/orders/"                                             = false
    }
    error_message = "The same as without, and what is looked for at the root."
  }
  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.main : sum([for condition in rule.condition : sum(concat([0], [for part in condition.path_pattern : length(part.regex_values)], [for part in condition.host_header : length(part.values)], [for part in condition.http_header : length(part.values)]))]) <= 5])
    error_message = "The balancer takes five values a rule."
  }
  assert {
    condition     = replace("/.well-known/oauth-authorization-server", "/${one(one(aws_lb_listener_rule.main["production"].transform).url_rewrite_config[0].rewrite[*]).regex}/", one(one(aws_lb_listener_rule.main["production"].transform).url_rewrite_config[0].rewrite[*]).replace) == "/.well-known/oauth-authorization-server"
    error_message = "That path stays as it is."
  }
}

run "scaling" {
  module {
    source = "./modules/service"
  }

  assert {
    condition = (
      aws_ecs_service.main.desired_count == 0 &&
      aws_appautoscaling_target.main.min_capacity == 0 &&
      aws_appautoscaling_target.main.max_capacity == 6 &&
      aws_appautoscaling_target.main.resource_id == "service/shop-test/orders"
    )
    error_message = "Nothing starts a task before the first release does; Application Auto Scaling would, with a minimum."
  }
  assert {
    condition     = one([for metric in aws_appautoscaling_policy.requests.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics : metric.expression if metric.return_data]) == "SUM([first])"
    error_message = "Requests of the target group make more tasks."
  }
  assert {
    condition = (
      aws_appautoscaling_policy.streams.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metric_name == "OpenStreams" &&
      aws_appautoscaling_policy.streams.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].statistic == "Average" &&
      aws_appautoscaling_policy.streams.target_tracking_scaling_policy_configuration[0].target_value == 5000
    )
    error_message = "Open streams of a task make more tasks."
  }
  assert {
    condition = (
      aws_appautoscaling_policy.streams.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].namespace == output.settings.service["METRICS_EMF"] &&
      one(aws_appautoscaling_policy.streams.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].dimensions).value == "orders"
    )
    error_message = "The metric is looked for where the program writes it."
  }
  assert {
    condition     = length(aws_appautoscaling_scheduled_action.main) == 0
    error_message = "Without a schedule it never sleeps."
  }
}

# With a state of its own: where traffic goes stays as it is when the strategy changes.
run "blue_green" {
  state_key = "blue_green"

  variables {
    deployment = { strategy = "BLUE_GREEN", bake_minutes = 7 }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = (
      aws_ecs_service.main.deployment_configuration[0].strategy == "BLUE_GREEN" &&
      aws_ecs_service.main.deployment_configuration[0].bake_time_in_minutes == "7" &&
      length(aws_ecs_service.main.deployment_configuration[0].lifecycle_hook) == 0
    )
    error_message = "The old tasks wait; a deployment that nobody watches does not."
  }
  assert {
    condition = (
      one(one(aws_ecs_service.main.load_balancer).advanced_configuration).production_listener_rule == aws_lb_listener_rule.main["production"].arn &&
      one(one(aws_ecs_service.main.load_balancer).advanced_configuration).test_listener_rule == aws_lb_listener_rule.main["trial"].arn &&
      one(one(aws_ecs_service.main.load_balancer).advanced_configuration).role_arn == aws_iam_role.traffic[0].arn &&
      length(aws_lb_target_group.main) == 2
    )
    error_message = "ECS has a second target group, both rules, and a role to move the traffic with."
  }
  assert {
    condition = (
      aws_lb_listener_rule.main["trial"].priority < aws_lb_listener_rule.main["production"].priority &&
      flatten([for condition in aws_lb_listener_rule.main["trial"].condition : [for header in condition.http_header : "${header.http_header_name}: ${one(header.values)}"]]) == ["${output.trial_header.name}: ${output.trial_header.value}"]
    )
    error_message = "Who has the header reaches the tasks that are tried; the rule without it would take the request first."
  }
  assert {
    condition     = alltrue([for rule in aws_lb_listener_rule.main : toset([for group in one(rule.action).forward[0].target_group : group.weight]) == toset([0, 100])])
    error_message = "Both rules know both target groups, and begin with the first."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.balancer : length([for query in alarm.metric_query : query.id if endswith(query.id, "_second")]) == length([for query in alarm.metric_query : query.id if endswith(query.id, "_first")])])
    error_message = "Whichever target group serves is watched."
  }
}

run "blue_green_with_a_long_name" {
  command = plan

  variables {
    name       = "shopkeeper-staging1"
    service    = "guestbooks1"
    deployment = { strategy = "BLUE_GREEN", bake_minutes = 7 }
  }

  module {
    source = "./modules/service"
  }

  expect_failures = [aws_lb_target_group.main]
}

run "sleep" {
  variables {
    schedule = { timezone = "Europe/Berlin", sleep = "cron(0 20 ? * MON-FRI *)", wake = "cron(0 7 ? * MON-FRI *)" }
  }

  module {
    source = "./modules/service"
  }

  assert {
    condition = (
      aws_appautoscaling_scheduled_action.main["sleep"].scalable_target_action[0].max_capacity == "0" &&
      aws_appautoscaling_scheduled_action.main["sleep"].schedule == "cron(0 20 ? * MON-FRI *)"
    )
    error_message = "In the evening all tasks go."
  }
  assert {
    condition = (
      aws_appautoscaling_scheduled_action.main["wake"].scalable_target_action[0].min_capacity == "2" &&
      aws_appautoscaling_scheduled_action.main["wake"].scalable_target_action[0].max_capacity == "6" &&
      aws_appautoscaling_scheduled_action.main["wake"].timezone == "Europe/Berlin"
    )
    error_message = "In the morning they come back."
  }
}

run "alarms" {
  module {
    source = "./modules/service"
  }

  assert {
    condition     = toset([for alarm in concat(values(aws_cloudwatch_metric_alarm.balancer), values(aws_cloudwatch_metric_alarm.full), values(aws_cloudwatch_metric_alarm.failures), values(aws_cloudwatch_metric_alarm.failing), [aws_cloudwatch_metric_alarm.none_running]) : alarm.alarm_name]) == toset([for alarm in ["errors", "latency", "unhealthy", "failures", "failures-hourly", "statements", "calls-out", "cpu", "memory", "none-running"] : "shop-test-orders-${alarm}"])
    error_message = "Errors, latency, readiness, calls not served, statements, calls out, processor, memory and having no task are watched."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.sign_in) == 0
    error_message = "Where nobody signs in, nothing is heard of it."
  }
  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.balancer), values(aws_cloudwatch_metric_alarm.full), values(aws_cloudwatch_metric_alarm.failures), values(aws_cloudwatch_metric_alarm.failing), [aws_cloudwatch_metric_alarm.none_running]) : alarm.alarm_actions == toset([var.topic_arn]) && alarm.actions_enabled != false])
    error_message = "Somebody hears of every alarm."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.balancer["latency"].threshold == 500
    error_message = "A slowest twentieth over 500 ms is an alarm."
  }
  assert {
    condition     = toset([for query in aws_cloudwatch_metric_alarm.balancer["latency"].metric_query : query.metric[0].stat if startswith(query.id, "p95_")]) == toset(["p95"])
    error_message = "Latency is that of the slowest twentieth."
  }
  assert {
    condition     = alltrue(flatten([for alarm in aws_cloudwatch_metric_alarm.balancer : [for query in alarm.metric_query : [for metric in query.metric : metric.dimensions == tomap({ LoadBalancer = "app/shop-test/1", TargetGroup = "targetgroup/mock/0123456789abcdef" })]]]))
    error_message = "The figures are those of this service."
  }
  assert {
    condition = (
      aws_cloudwatch_log_group.main.retention_in_days == 365 &&
      aws_cloudwatch_log_group.main.kms_key_id == var.key_arn
    )
    error_message = "Logs are encrypted and end some day."
  }
}
