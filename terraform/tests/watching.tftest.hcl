# Who hears of what: the topic, the budget, the dashboard.
mock_provider "aws" {
  source = "./tests/mocks"
}

run "alerts" {
  variables {
    name               = "shop-test"
    account            = "123456789012"
    emails             = ["a@example.com", "b@example.com"]
    monthly_budget_usd = 150
    key_arn            = "arn:aws:kms:us-east-1:123456789012:key/mock"
  }

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
      toset(jsondecode(aws_sns_topic_policy.alarms.policy).Statement[0].Principal.Service) == toset(["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]) &&
      jsondecode(aws_sns_topic_policy.alarms.policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    )
    error_message = "Only alarms and budgets of this account may write to the topic."
  }
}

run "dashboard" {
  variables {
    name            = "shop-test"
    region          = "us-east-1"
    cluster         = "shop-test"
    namespace       = "shop-test"
    services        = { products = { target_groups = ["targetgroup/products/1"], log_group = "/p" }, orders = { target_groups = ["targetgroup/orders/2", "targetgroup/orders/3"], log_group = "/o" } }
    balancer        = "app/shop-test/1"
    firewall        = "shop-test"
    database        = "shop-test"
    max_connections = 80
  }

  module {
    source = "./modules/dashboard"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.main.dashboard_body).widgets) == 2 * 5 + 4 + 2
    error_message = "Five charts and a log for each service, four charts for what they share."
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
