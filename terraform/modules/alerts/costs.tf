# What a month may cost, and what is unlike the days before. Both know this environment by its tag, once that is activated for costs; until
# then such a filter finds nothing, so the budget counts the whole account.
resource "aws_budgets_budget" "month" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"

  dynamic "cost_filter" {
    for_each = var.cost_tag_active ? [format("user:environment$%s", var.environment)] : []

    content {
      name   = "TagKeyValue"
      values = [cost_filter.value]
    }
  }

  dynamic "notification" {
    for_each = toset([50, 80, 100])

    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = "ACTUAL"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
    }
  }

  # Before the money is spent.
  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "FORECASTED"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_ce_anomaly_monitor" "environment" {
  count = var.cost_tag_active ? 1 : 0

  name         = var.name
  monitor_type = "CUSTOM"

  # Every field, as AWS gives it back: one that is left out would be a change at each plan.
  monitor_specification = jsonencode({
    And            = null
    CostCategories = null
    Dimensions     = null
    Not            = null
    Or             = null
    Tags           = { Key = "environment", MatchOptions = null, Values = [var.environment] }
  })
}

# A topic is told at once; only mails can wait for the day or the week.
resource "aws_ce_anomaly_subscription" "environment" {
  count = var.cost_tag_active ? 1 : 0

  name             = var.name
  frequency        = "IMMEDIATE"
  monitor_arn_list = [aws_ce_anomaly_monitor.environment[0].arn]

  subscriber {
    type    = "SNS"
    address = aws_sns_topic.alarms.arn
  }

  # From a tenth of the month's budget on.
  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(ceil(var.monthly_budget_usd / 10))]
    }
  }

  depends_on = [aws_sns_topic_policy.alarms]
}
