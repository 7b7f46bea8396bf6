# The ECS service: tasks in the private subnets that are replaced without a gap, and put back when the new ones are no good.
#
# Terraform makes the service, with no task, and registers what is to run; a release starts it and moves the service on
# (.github/scripts/deploy-service). So there is one deployment a release, and none before the databases are set up.
locals {
  blue_green = var.deployment.strategy == "BLUE_GREEN"
}

resource "aws_ecs_service" "main" {
  name             = var.service
  cluster          = var.cluster_name
  task_definition  = aws_ecs_task_definition.service.arn
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  desired_count    = 0

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  availability_zone_rebalancing      = "ENABLED"
  enable_execute_command             = false
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"

  # The pipeline waits for its own deployment to complete: a steady state is also reached by going back.
  wait_for_steady_state = false

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.main["first"].arn
    container_name   = var.service
    container_port   = var.size.port

    dynamic "advanced_configuration" {
      for_each = local.blue_green ? [true] : []

      content {
        alternate_target_group_arn = aws_lb_target_group.main["second"].arn
        production_listener_rule   = aws_lb_listener_rule.main["production"].arn
        test_listener_rule         = aws_lb_listener_rule.main["trial"].arn
        role_arn                   = aws_iam_role.traffic[0].arn
      }
    }
  }

  # The pause before traffic moves is the release's to ask for, since it has to end it: nobody else's deployment waits.
  dynamic "deployment_configuration" {
    for_each = local.blue_green ? [true] : []

    content {
      strategy             = "BLUE_GREEN"
      bake_time_in_minutes = var.deployment.bake_minutes
    }
  }

  service_registries {
    registry_arn = aws_service_discovery_service.main.arn
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  alarms {
    enable      = true
    rollback    = true
    alarm_names = [for alarm in ["errors", "latency"] : aws_cloudwatch_metric_alarm.balancer[alarm].alarm_name]
  }

  lifecycle {
    ignore_changes = [task_definition, desired_count] # the releases', and the scaling's
  }

  # A target group has to be the balancer's before a service can use it, and a task needs its rights until it is gone.
  depends_on = [aws_lb_listener_rule.main, aws_iam_role_policy.execution, aws_iam_role_policy.task, aws_iam_role_policy.traffic]
}
