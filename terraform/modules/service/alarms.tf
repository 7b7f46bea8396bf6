# When somebody should look at the service. The first two also send a deployment back.
locals {
  behind_balancer = { LoadBalancer = var.balancer.arn_suffix, TargetGroup = aws_lb_target_group.main.arn_suffix }
  in_cluster      = { ClusterName = var.cluster_name, ServiceName = var.service } # not from the service, which needs the alarms

  # Each is an expression over metrics of one minute; it alarms when that is over the threshold.
  balancer_alarms = {
    errors = {
      words      = "More than 5 % of the requests to ${local.full_name} end in a 5xx."
      expression = "IF(FILL(requests, 0) > 20, 100 * FILL(errors, 0) / FILL(requests, 1), 0)"
      threshold  = 5
      metrics = {
        errors   = { name = "HTTPCode_Target_5XX_Count", stat = "Sum" }
        requests = { name = "RequestCount", stat = "Sum" }
      }
    }
    latency = {
      words      = "One request in twenty to ${local.full_name} waits more than ${var.size.latency_alarm_ms} ms for its answer to begin."
      expression = "IF(FILL(requests, 0) > 20, FILL(p95, 0) * 1000, 0)"
      threshold  = var.size.latency_alarm_ms
      metrics = {
        p95      = { name = "TargetResponseTime", stat = "p95" }
        requests = { name = "RequestCount", stat = "Sum" }
      }
    }
    unhealthy = {
      words      = "A task of ${local.full_name} has not been ready for three minutes."
      expression = "FILL(unhealthy, 0)"
      threshold  = 0
      metrics    = { unhealthy = { name = "UnHealthyHostCount", stat = "Maximum" } }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "balancer" {
  for_each = local.balancer_alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = each.value.words
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "notBreaching"
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
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = 60
        dimensions  = local.behind_balancer
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "full" {
  for_each = { cpu = "CPUUtilization", memory = "MemoryUtilization" }

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = "The tasks of ${local.full_name} have used more than 85 % of their ${each.key} for 15 minutes, and scaling did not help."
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

# Not when it sleeps: then none is wanted.
resource "aws_cloudwatch_metric_alarm" "none_running" {
  alarm_name          = "${local.full_name}-none-running"
  alarm_description   = "No task of ${local.full_name} runs, and some should."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  treat_missing_data  = "breaching"
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
