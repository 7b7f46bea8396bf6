# What the pipeline, the dashboard and the tests need of a service. Read from what is made, not from what was asked for.
locals {
  definitions = merge({ service = aws_ecs_task_definition.service }, { for definition in aws_ecs_task_definition.setup : "setup" => definition })
  containers  = { for task, definition in local.definitions : task => jsondecode(definition.container_definitions)[0] }
}

output "service_name" {
  description = "Name of the ECS service"
  value       = aws_ecs_service.main.name
}

output "task_definition_arn" {
  description = "What the next release moves the service to; also for `import`: its command is overridden"
  value       = aws_ecs_task_definition.service.arn
}

output "setup_task_definition_arn" {
  description = "The one-off setup of its database; null: it has none"
  value       = one(aws_ecs_task_definition.setup[*].arn)
}

output "network" {
  description = "Where its tasks are: subnets, security groups, and whether they have public addresses"
  value = {
    subnets          = aws_ecs_service.main.network_configuration[0].subnets
    security_groups  = aws_ecs_service.main.network_configuration[0].security_groups
    assign_public_ip = aws_ecs_service.main.network_configuration[0].assign_public_ip
  }
}

output "containers" {
  description = "The container definitions as ECS gets them"
  value       = local.containers
}

output "settings" {
  description = "Each container's plain settings, as ECS gets them"
  value       = { for task, container in local.containers : task => { for each in container.environment : each.name => each.value } }
}

output "secrets" {
  description = "Where each container's secrets come from, as ECS gets them"
  value       = { for task, container in local.containers : task => { for each in container.secrets : each.name => each.valueFrom } }
}

output "architectures" {
  description = "What its tasks run on"
  value       = toset([for definition in local.definitions : definition.runtime_platform[0].cpu_architecture])
}

output "target_groups" {
  description = "How metrics name its target groups: one, or two that take turns"
  value       = [for group in aws_lb_target_group.main : group.arn_suffix]
}

output "trial_header" {
  description = "The header with which the tasks are reached that a release tries; null where it replaces them one by one"
  value       = local.trial
}

output "log_group" {
  description = "Where it logs"
  value       = aws_cloudwatch_log_group.main.name
}

output "actions" {
  description = "What its program may do in AWS"
  value       = flatten(concat(module.aws_read[*].actions, module.models[*].actions))
}
