# When somebody should look at the service; each says which entry of docs/on-call.md it is about. The first two also send a deployment back.
#
# CloudWatch often has the newest minute late, and a metric of the balancer has no point in a minute in which there was nothing to count. So
# no alarm wants every one of the last minutes, and what fills gaps with zeros (FILL) is a count beside one that has no gap. tests/alarms.py
# runs them on made-up minutes.
locals {
  in_cluster = { ClusterName = var.cluster_name, ServiceName = var.service } # not from the service, which needs the alarms

  # As ECS keeps watching a deployment for as long as its alarms look back, they look back five minutes.
  balancer_alarms = {
    # No number of requests is too small: three minutes with failures, be it one each, are enough.
    errors = {
      words      = "More than 5 % of the requests to ${local.full_name} end in a 5xx."
      page       = "answers-are-errors"
      expression = "100 * FILL(SUM([${local.ids["errors"]}]), 0) / SUM([${local.ids["requests"]}])"
      threshold  = 5
      metrics = {
        errors   = { name = "HTTPCode_Target_5XX_Count", stat = "Sum" }
        requests = { name = "RequestCount", stat = "Sum" }
      }
    }
    latency = {
      words      = "One request in twenty to ${local.full_name} waits more than ${var.size.latency_alarm_ms} ms for its answer to begin."
      page       = "answers-are-slow"
      expression = "1000 * MAX([${local.ids["p95"]}])"
      threshold  = var.size.latency_alarm_ms
      metrics    = { p95 = { name = "TargetResponseTime", stat = "p95" } }
    }
    unhealthy = {
      words      = "A task of ${local.full_name} runs and is not ready; mostly it is the database."
      page       = "not-ready"
      expression = "MAX([${local.ids["unhealthy"]}])"
      threshold  = 0
      metrics    = { unhealthy = { name = "UnHealthyHostCount", stat = "Maximum" } }
    }
  }

  # A metric of each target group. Its id says of what and whose it is: errors_first.
  ids = { for metric in ["errors", "requests", "p95", "unhealthy"] : metric => join(", ", [for group in keys(local.targets) : "${metric}_${group}"]) }
  balancer_metrics = { for alarm, at in local.balancer_alarms : alarm => merge([for id, metric in at.metrics : {
    for group, made in aws_lb_target_group.main : "${id}_${group}" => merge(metric, { group = made.arn_suffix })
  }]...) }
}

resource "aws_cloudwatch_metric_alarm" "balancer" {
  for_each = local.balancer_alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "${each.value.words} docs/on-call.md#${each.value.page}"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching" # nobody asked, or it sleeps
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "value"
    label       = each.key
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.balancer_metrics[each.key]

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = 60
        dimensions  = { LoadBalancer = var.balancer.arn_suffix, TargetGroup = metric_query.value.group }
      }
    }
  }
}

# What the program itself counts: a call that failed is answered with 200. Those that it could not serve (the database, a service that it calls, a
# mistake of its own, too long) are counted apart from what a model got wrong, which rings nothing. A tenth of all is too much, where it is some:
# five within a quarter of an hour, or three in each of two hours, where there are fewer.
locals {
  failures = {
    failures        = { minutes = 15, periods = 1, least = 5, words = "in the last 15 minutes, and at least five" }
    failures-hourly = { minutes = 60, periods = 2, least = 3, words = "in each of the last two hours, and at least three" }
  }
}

# Its name stays, so the old one must not be taken down after the new one was made.
moved {
  from = aws_cloudwatch_metric_alarm.failures
  to   = aws_cloudwatch_metric_alarm.failures["failures"]
}

resource "aws_cloudwatch_metric_alarm" "failures" {
  for_each = local.failures

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "More than a tenth of the calls of ${local.full_name}'s tools could not be served ${each.value.words}. docs/on-call.md#calls-are-not-served"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 10
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "value"
    label       = "calls not served, percent"
    expression  = "IF(failed >= ${each.value.least}, 100 * failed / calls, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { calls = "Calls", failed = "Unavailable" }

    content {
      id = metric_query.key

      metric {
        namespace   = local.fixed.METRICS_EMF
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 60 * each.value.minutes
        dimensions  = { Service = var.service }
      }
    }
  }
}

# Statements fail and nobody calls, or a tool does without the service that it could not call (a job tells it later): minute after minute. So
# do spans, where there are traces; elsewhere there is no such figure and no such alarm.
locals {
  failing = { for alarm, at in {
    statements = { metric = "FailedStatements", page = "statements-fail", words = "Statements of ${local.full_name} fail in the database, calls or no calls: its log says which, and why." }
    calls-out  = { metric = "FailedCallsOut", page = "a-service-cannot-be-called", words = "${local.full_name} can't call a service that it needs: what it has to tell it waits." }
    spans      = { metric = "LostSpans", page = "spans-are-lost", words = "The collector does not take the spans of ${local.full_name}: its log says why. Its calls go on." }
    } : alarm => at if lookup({
      statements = var.database != null
      spans      = contains(keys(var.settings), "OTEL_EXPORTER_OTLP_ENDPOINT")
  }, alarm, true) }
}

resource "aws_cloudwatch_metric_alarm" "failing" {
  for_each = local.failing

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "${each.value.words} docs/on-call.md#${each.value.page}"
  namespace           = local.fixed.METRICS_EMF
  metric_name         = each.value.metric
  dimensions          = { Service = var.service }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 10
  datapoints_to_alarm = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching" # it sleeps
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# Where people sign in; elsewhere there are no such figures and no such alarms. A token that has expired is refused before it is renewed, so
# some refusals are every day's, and one address that guesses is bounded by its rate: it takes four fifths of all that were looked at, some,
# and from several addresses.
locals {
  sign_in_alarms = { for alarm, at in {
    issuer = {
      words      = "${local.full_name} can't have the issuer's keys: who signs in with a new one gets 503, the others go on for a day."
      page       = "the-issuers-keys"
      expression = "failed"
      threshold  = 0
      minutes    = 1
      periods    = 5
      needed     = 4
      metrics    = { failed = { name = "FailedKeyFetches", stat = "Sum" } }
    }
    issuer-keys = {
      words      = "The issuer's keys that ${local.full_name} has are more than half an hour old, and should be at most eleven minutes."
      page       = "the-issuers-keys"
      expression = "age"
      threshold  = 1800
      minutes    = 1
      periods    = 5
      needed     = 3
      metrics    = { age = { name = "KeysAge", stat = "Maximum" } }
    }
    refused-tokens = {
      words      = "Most people can't sign in to ${local.full_name}: more than 80 % of the tokens that it looked at in the last 15 minutes were refused, and of several addresses."
      page       = "tokens-are-refused"
      expression = "IF(addresses >= 5 AND refused >= 20, 100 * refused / (refused + accepted), 0)"
      threshold  = 80
      minutes    = 15
      periods    = 1
      needed     = 1
      metrics = {
        refused   = { name = "RefusedTokens", stat = "Sum" }
        accepted  = { name = "AcceptedTokens", stat = "Sum" }
        addresses = { name = "RefusedFrom", stat = "Maximum" }
      }
    }
  } : alarm => at if contains(keys(var.settings), "OAUTH_ISSUER") }
}

resource "aws_cloudwatch_metric_alarm" "sign_in" {
  for_each = local.sign_in_alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "${each.value.words} docs/on-call.md#${each.value.page}"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.needed
  treat_missing_data  = "notBreaching" # it sleeps
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "value"
    label       = each.key
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = local.fixed.METRICS_EMF
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = 60 * each.value.minutes
        dimensions  = { Service = var.service }
      }
    }
  }
}

# Where models are asked; elsewhere there are no such figures and no such alarms. A slow first word is one that was waited for longer than three
# seconds: where they are more than a twentieth, the slowest twentieth is (p95).
locals {
  model_alarms = { for alarm, at in {
    models-fail = {
      words      = "More than 1 % of what ${local.full_name} asked language models in the last 15 minutes none of them answered, and at least five: people are to answer in their place."
      page       = "models-do-not-answer"
      expression = "IF(failed >= 5, 100 * failed / (failed + answered), 0)"
      threshold  = 1
      minutes    = 15
      metrics    = { failed = "FailedQuestions", answered = "AnsweredQuestions" }
    }
    models-slow = {
      words      = "More than one in twenty of the models' answers to ${local.full_name} began later than after three seconds, in the last 15 minutes."
      page       = "models-are-slow"
      expression = "IF(slow >= 5, 100 * slow / began, 0)"
      threshold  = 5
      minutes    = 15
      metrics    = { slow = "SlowFirstWords", began = "FirstWords" }
    }
    model-tokens = {
      words      = "The models of ${local.full_name} took more tokens in a day than models.tokens_a_day."
      page       = "models-take-many-tokens"
      expression = "read + written"
      threshold  = var.models == null ? 0 : var.models.tokens_a_day
      minutes    = 1440
      metrics    = { read = "InputTokens", written = "OutputTokens" }
    }
  } : alarm => at if var.models != null && (alarm != "model-tokens" || at.threshold > 0) }
}

resource "aws_cloudwatch_metric_alarm" "models" {
  for_each = local.model_alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "${each.value.words} docs/on-call.md#${each.value.page}"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching" # it sleeps
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "value"
    label       = each.key
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = local.fixed.METRICS_EMF
        metric_name = metric_query.value
        stat        = "Sum"
        period      = 60 * each.value.minutes
        dimensions  = { Service = var.service }
      }
    }
  }
}

# Where it keeps something in a table of DynamoDB, which counts by what was asked for. The program tries again; minute after minute that is no help.
locals {
  table_alarms = { for alarm, at in {
    table-throttled = { metric = "ThrottledRequests", words = "DynamoDB throttles what ${local.full_name} asks of its table." }
    table-errors    = { metric = "SystemErrors", words = "DynamoDB fails at what ${local.full_name} asks of its table." }
  } : alarm => at if var.table != null }
}

resource "aws_cloudwatch_metric_alarm" "table" {
  for_each = local.table_alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "${each.value.words} docs/on-call.md#the-table-refuses"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 10
  datapoints_to_alarm = 5
  treat_missing_data  = "notBreaching" # nothing of it, or it sleeps
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "value"
    label       = each.key
    expression  = "SUM([get, query, transact, update])"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { get = "GetItem", query = "Query", transact = "TransactWriteItems", update = "UpdateItem" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = each.value.metric
        stat        = "Sum"
        period      = 60
        dimensions  = { TableName = var.table.name, Operation = metric_query.value }
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "full" {
  for_each = { cpu = "CPUUtilization", memory = "MemoryUtilization" }

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "The tasks of ${local.full_name} have used more than 85 % of their ${each.key} for 15 minutes, and scaling did not help. docs/on-call.md#tasks-are-full"
  namespace           = "AWS/ECS"
  metric_name         = each.value
  dimensions          = local.in_cluster
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 85
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# A service without a task has no metrics at all. So where it never sleeps, silence is the alarm; where it does, silence may be the night,
# and only one that says it wants tasks rings. By day who calls is heard by the balancer's alarm then.
resource "aws_cloudwatch_metric_alarm" "none_running" {
  alarm_name          = "${local.full_name}-none-running"
  alarm_description   = "No task of ${local.full_name} runs, and some should. docs/on-call.md#nothing-answers"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = var.schedule == null ? "breaching" : "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "none"
    label       = "none of the wanted tasks runs"
    expression  = "IF(wanted > 0 AND FILL(running, 0) < 1, 1, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { wanted = "DesiredTaskCount", running = "RunningTaskCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "ECS/ContainerInsights"
        metric_name = metric_query.value
        stat        = "Average"
        period      = 60
        dimensions  = local.in_cluster
      }
    }
  }
}
