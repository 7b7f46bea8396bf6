# The ECS service: tasks in the private subnets that are replaced without a gap, and put back when the new ones are no good.
resource "aws_ecs_service" "main" {
  name             = var.service
  cluster          = var.cluster_name
  task_definition  = aws_ecs_task_definition.service.arn
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  desired_count    = var.size.minimum

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
    target_group_arn = aws_lb_target_group.main.arn
    container_name   = var.service
    container_port   = var.size.port
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
    ignore_changes = [desired_count] # the scaling's
  }

  # A target group has to be the balancer's before a service can use it, and a task needs its rights until it is gone.
  depends_on = [aws_lb_listener_rule.main, aws_iam_role_policy.execution]
}
