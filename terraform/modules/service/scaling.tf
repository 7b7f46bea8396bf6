# How many tasks there are: the most that any of the three measures asks for. None until the first release, which sets minimum and
# maximum; the schedule sets them too, so Terraform would undo a night.
resource "aws_appautoscaling_target" "main" {
  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.main.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 0
  max_capacity       = var.size.maximum

  lifecycle {
    ignore_changes = [min_capacity, max_capacity]
  }
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "${local.full_name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  resource_id        = aws_appautoscaling_target.main.resource_id
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.size.cpu_percent
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

# Of the target group that serves, whichever it is. Not filled with zeros: the newest minute is late, and it would never be three times over.
resource "aws_appautoscaling_policy" "requests" {
  name               = "${local.full_name}-requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  resource_id        = aws_appautoscaling_target.main.resource_id
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.size.requests_per_task
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      metrics {
        id          = "requests"
        label       = "requests a minute and task"
        expression  = "SUM([${join(", ", keys(aws_lb_target_group.main))}])"
        return_data = true
      }

      dynamic "metrics" {
        for_each = aws_lb_target_group.main

        content {
          id          = metrics.key
          return_data = false

          metric_stat {
            stat = "Sum"

            metric {
              namespace   = "AWS/ApplicationELB"
              metric_name = "RequestCountPerTarget"

              dynamic "dimensions" {
                for_each = { LoadBalancer = var.balancer.arn_suffix, TargetGroup = metrics.value.arn_suffix }

                content {
                  name  = dimensions.key
                  value = dimensions.value
                }
              }
            }
          }
        }
      }
    }
  }
}

# An idle stream costs memory and no processor, and the balancer counts none of them by service. So the program does, each task its own.
resource "aws_appautoscaling_policy" "streams" {
  name               = "${local.full_name}-streams"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  resource_id        = aws_appautoscaling_target.main.resource_id
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.size.streams_per_task
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      namespace   = local.fixed.METRICS_EMF
      metric_name = "OpenStreams"
      statistic   = "Average"

      dimensions {
        name  = "Service"
        value = var.service
      }
    }
  }
}

# ---- Sleep at night ----

resource "aws_appautoscaling_scheduled_action" "main" {
  for_each = var.schedule == null ? {} : {
    sleep = { at = var.schedule.sleep, minimum = 0, maximum = 0 }
    wake  = { at = var.schedule.wake, minimum = var.size.minimum, maximum = var.size.maximum }
  }

  name               = "${local.full_name}-${each.key}"
  service_namespace  = aws_appautoscaling_target.main.service_namespace
  resource_id        = aws_appautoscaling_target.main.resource_id
  scalable_dimension = aws_appautoscaling_target.main.scalable_dimension
  schedule           = each.value.at
  timezone           = var.schedule.timezone

  scalable_target_action {
    min_capacity = each.value.minimum
    max_capacity = each.value.maximum
  }
}
