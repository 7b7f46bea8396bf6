# Who hears of what: the topic, the budget, the dashboard.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                 = "shop-test"
  environment          = "test"
  account              = "123456789012"
  emails               = ["a@example.com", "b@example.com"]
  slack                = null
  monthly_budget_usd   = 150
  cost_tag_active      = false
  key_arn              = "arn:aws:kms:us-east-1:123456789012:key/mock"
  permissions_boundary = "arn:aws:iam::123456789012:policy/shop-test-boundary"
}

run "alerts" {

  module {
    source = "./modules/alerts"
  }

  assert {
    condition     = toset([for mail in aws_sns_topic_subscription.mail : mail.endpoint]) == toset(["a@example.com", "b@example.com"])
    error_message = "Everybody who was named gets mails."
  }
  assert {
    condition     = toset([for notification in aws_budgets_budget.month.notification : notification.threshold if notification.notification_type == "ACTUAL"]) == toset([50, 80, 100])
    error_message = "The budget tells at 50, 80 and 100 percent."
  }
  assert {
    condition     = anytrue([for notification in aws_budgets_budget.month.notification : notification.notification_type == "FORECASTED" && notification.threshold == 100])
    error_message = "And when all of it is in sight."
  }
  assert {
    condition = (
      aws_budgets_budget.month.limit_amount == "150" &&
      aws_budgets_budget.month.limit_unit == "USD" &&
      aws_budgets_budget.month.time_unit == "MONTHLY"
    )
    error_message = "The budget is what was said, a month."
  }
  assert {
    condition     = alltrue([for notification in aws_budgets_budget.month.notification : notification.subscriber_sns_topic_arns == toset([aws_sns_topic.alarms.arn])])
    error_message = "The budget tells the topic."
  }
  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == "arn:aws:kms:us-east-1:123456789012:key/mock"
    error_message = "Messages are encrypted."
  }
  assert {
    condition = (
      toset(jsondecode(aws_sns_topic_policy.alarms.policy).Statement[0].Principal.Service) == toset(["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "costalerts.amazonaws.com"]) &&
      jsondecode(aws_sns_topic_policy.alarms.policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    )
    error_message = "Only alarms and costs of this account may write to the topic."
  }
  # A tag that is not activated finds nothing, and a budget of nothing never rings.
  assert {
    condition     = length(aws_budgets_budget.month.cost_filter) == 0 && length(aws_ce_anomaly_monitor.environment) == 0
    error_message = "Before the tag is activated the budget counts the whole account."
  }
  assert {
    condition     = length(aws_chatbot_slack_channel_configuration.alarms) == 0 && length(aws_iam_role.slack) == 0
    error_message = "Without a channel there is nothing of Slack."
  }
}

run "costs_by_tag" {
  variables {
    cost_tag_active = true
  }

  module {
    source = "./modules/alerts"
  }

  assert {
    condition     = [for filter in aws_budgets_budget.month.cost_filter : "${filter.name} ${join(",", filter.values)}"] == ["TagKeyValue user:environment$test"]
    error_message = "The budget counts this environment alone."
  }
  assert {
    condition = (
      jsondecode(aws_ce_anomaly_monitor.environment[0].monitor_specification).Tags == { Key = "environment", MatchOptions = null, Values = ["test"] } &&
      aws_ce_anomaly_subscription.environment[0].monitor_arn_list == tolist([aws_ce_anomaly_monitor.environment[0].arn])
    )
    error_message = "And what is unlike the days before is looked for in it."
  }
  assert {
    condition = (
      one(aws_ce_anomaly_subscription.environment[0].subscriber).address == aws_sns_topic.alarms.arn &&
      aws_ce_anomaly_subscription.environment[0].frequency == "IMMEDIATE" &&
      aws_ce_anomaly_subscription.environment[0].threshold_expression[0].dimension[0].values == toset(["15"])
    )
    error_message = "Of a tenth of the budget the topic is told at once; AWS tells a topic in no other way."
  }
}

run "slack" {
  variables {
    slack = { workspace_id = "T01234567", channel_id = "C01234567" }
  }

  module {
    source = "./modules/alerts"
  }

  assert {
    condition = (
      aws_chatbot_slack_channel_configuration.alarms[0].sns_topic_arns == toset([aws_sns_topic.alarms.arn]) &&
      aws_chatbot_slack_channel_configuration.alarms[0].slack_team_id == "T01234567" &&
      aws_chatbot_slack_channel_configuration.alarms[0].slack_channel_id == "C01234567"
    )
    error_message = "The channel is told what the topic is."
  }
  assert {
    condition     = contains(["us-east-2", "us-west-2", "eu-west-1", "ap-southeast-1"], aws_chatbot_slack_channel_configuration.alarms[0].region)
    error_message = "It is asked for where the service has an address."
  }
  assert {
    condition     = aws_chatbot_slack_channel_configuration.alarms[0].guardrail_policy_arns == tolist(["arn:aws:iam::aws:policy/ReadOnlyAccess"])
    error_message = "Nothing is changed from a channel; not said, it would be all that an administrator may."
  }
}

run "dashboard" {
  variables {
    name            = "shop-test"
    region          = "us-east-1"
    cluster         = "shop-test"
    namespace       = "shop-test"
    services        = { products = { target_groups = ["targetgroup/products/1"], log_group = "/p" }, orders = { target_groups = ["targetgroup/orders/2", "targetgroup/orders/3"], log_group = "/o" } }
    sign_in         = false
    traces          = false
    balancer        = "app/shop-test/1"
    firewall        = "shop-test"
    database        = "shop-test"
    max_connections = 80
  }

  module {
    source = "./modules/dashboard"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 2 * 6 + 4 + 2
    error_message = "Six charts for each service, their logs, four charts for what they share."
  }
  assert {
    condition     = alltrue([for service in ["products", "orders"] : strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "\"OpenStreams\",\"Service\",\"${service}\"")])
    error_message = "Open streams of each service are shown."
  }
  assert {
    condition     = alltrue([for group in ["targetgroup/products/1", "targetgroup/orders/2", "targetgroup/orders/3"] : strcontains(aws_cloudwatch_dashboard.main.dashboard_body, group)])
    error_message = "Requests of each service are shown."
  }
  assert {
    condition     = length(distinct([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : "${widget.x}/${widget.y}"])) == length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets)
    error_message = "No chart lies on another."
  }
  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : widget.x + widget.width <= 24])
    error_message = "Every chart is on the page."
  }
}

run "dashboard_where_people_sign_in" {
  variables {
    name            = "shop-test"
    region          = "us-east-1"
    cluster         = "shop-test"
    namespace       = "shop-test"
    services        = { products = { target_groups = ["targetgroup/products/1"], log_group = "/p" }, orders = { target_groups = ["targetgroup/orders/2", "targetgroup/orders/3"], log_group = "/o" } }
    sign_in         = true
    traces          = false
    balancer        = "app/shop-test/1"
    firewall        = "shop-test"
    database        = "shop-test"
    max_connections = 80
  }

  module {
    source = "./modules/dashboard"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 2 * 8 + 4 + 2
    error_message = "Two charts more for each service."
  }
  assert {
    condition     = alltrue([for metric in ["AcceptedTokens", "RefusedTokens", "RefusedFrom", "KeysAge", "FailedKeyFetches"] : strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "\"${metric}\",\"Service\",\"orders\"")])
    error_message = "Tokens and the issuer's keys are shown, of each service."
  }
  assert {
    condition     = length(distinct([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : "${widget.x}/${widget.y}"])) == length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets)
    error_message = "No chart lies on another."
  }
}

run "dashboard_where_models_are_asked" {
  variables {
    name      = "shop-test"
    region    = "us-east-1"
    cluster   = "shop-test"
    namespace = "shop-test"
    services = {
      products = { target_groups = ["targetgroup/products/1"], log_group = "/p" }
      desk     = { target_groups = ["targetgroup/desk/2"], log_group = "/d", asks = true, table = "shop-test-desk", figures = { Sum = { Made = "made" }, Maximum = { Waiting = "waiting" } } }
    }
    models          = ["bedrock:us.amazon.nova-2-lite-v1:0", "openai:gpt-4o-mini"]
    prices          = { "openai:gpt-4o-mini" = { input = 0.15, cached = 0.075, output = 0.6 } }
    sign_in         = false
    traces          = false
    balancer        = "app/shop-test/1"
    firewall        = "shop-test"
    database        = "shop-test"
    max_connections = 80
  }

  module {
    source = "./modules/dashboard"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 2 * 6 + 6 + 4 + 2
    error_message = "Four charts of models for who asks them, one of its table, and one of its own figures."
  }
  assert {
    condition     = [for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : [for metric in widget.properties.metrics : metric[1]] if try(widget.properties.title, "") == "desk: table: units a minute"] == [["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"]]
    error_message = "One of the table, for who has one."
  }
  assert {
    condition     = alltrue([for line in ["\"FailedModelRequests\",\"Service\",\"desk\",\"Model\",\"openai:gpt-4o-mini\"", "\"SlowFirstWords\",\"Service\",\"desk\"", "\"CachedTokens\",\"Service\",\"desk\"", "\"Waiting\",\"Service\",\"desk\"", "i0 * 0.15 + c0 * 0.075 + o0 * 0.6"] : strcontains(aws_cloudwatch_dashboard.main.dashboard_body, line)])
    error_message = "Answers, first words, tokens and what they cost are shown, by model, and what the service counts itself."
  }
  assert {
    condition     = !strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "\"InputTokens\",\"Service\",\"products\"")
    error_message = "Of whoever asks none nothing is shown."
  }
}

run "dashboard_where_there_are_traces" {
  variables {
    name            = "shop-test"
    region          = "us-east-1"
    cluster         = "shop-test"
    namespace       = "shop-test"
    services        = { products = { target_groups = ["targetgroup/products/1"], log_group = "/p" }, orders = { target_groups = ["targetgroup/orders/2", "targetgroup/orders/3"], log_group = "/o" } }
    sign_in         = true
    traces          = true
    balancer        = "app/shop-test/1"
    firewall        = "shop-test"
    database        = "shop-test"
    max_connections = 80
  }

  module {
    source = "./modules/dashboard"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 2 * 9 + 4 + 2
    error_message = "One chart more for each service."
  }
  assert {
    condition     = alltrue([for service in ["products", "orders"] : strcontains(aws_cloudwatch_dashboard.main.dashboard_body, "\"LostSpans\",\"Service\",\"${service}\"")])
    error_message = "Lost spans of each service are shown."
  }
  assert {
    condition     = length(distinct([for widget in jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets : "${widget.x}/${widget.y}"])) == length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets)
    error_message = "No chart lies on another."
  }
}
