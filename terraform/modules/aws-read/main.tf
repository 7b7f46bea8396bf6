# What a service may read in AWS whose entry in services.json says "aws": "read": how the environment's things are, never what a secret
# holds, and nothing that changes anything. The operations are those of server/aws/operation.c, which the program can't go beyond either:
# terraform/tests/rights.mjs compares both. Its role has it (modules/service), and the boundary of roles lets it (bootstrap).
variable "project" {
  description = "Name of the project, whose repositories all environments share"
  type        = string
}

variable "name" {
  description = "Name of the environment's things, such as shop-dev"
  type        = string
}

variable "region" {
  description = "AWS region"
  type        = string
}

variable "account" {
  description = "Number of the account"
  type        = string
}

locals {
  arn = { for service in ["cloudwatch", "ecr", "ecs", "elasticache", "logs", "rds"] : service => "arn:aws:${service}:${var.region}:${var.account}" }

  statements = [
    {
      # A list of services or tasks is of a cluster, and names nothing else.
      Sid    = "InTheCluster"
      Effect = "Allow"
      Action = [
        "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeServices", "ecs:DescribeTasks",
        "ecs:ListServiceDeployments", "ecs:ListServices", "ecs:ListTasks",
      ]
      Resource  = "*"
      Condition = { ArnEquals = { "ecs:cluster" = "${local.arn.ecs}:cluster/${var.name}" } }
    },
    {
      Sid      = "Cluster"
      Effect   = "Allow"
      Action   = ["ecs:DescribeClusters"]
      Resource = "${local.arn.ecs}:cluster/${var.name}"
    },
    {
      Sid      = "ImagesTheyAre"
      Effect   = "Allow"
      Action   = ["ecr:DescribeImageScanFindings", "ecr:DescribeImages", "ecr:DescribeRepositories"]
      Resource = "${local.arn.ecr}:repository/${var.project}/*"
    },
    {
      # Not the database's, whose statements hold what customers wrote, nor the network's.
      Sid      = "LogsOfServices"
      Effect   = "Allow"
      Action   = ["logs:FilterLogEvents", "logs:GetQueryResults", "logs:StartLiveTail", "logs:StartQuery"]
      Resource = "${local.arn.logs}:log-group:/${var.name}/services/*"
    },
    {
      Sid      = "Databases"
      Effect   = "Allow"
      Action   = ["rds:DescribeDBInstances", "rds:DescribePendingMaintenanceActions"]
      Resource = [for name in [var.name, "${var.name}-*"] : "${local.arn.rds}:db:${name}"]
    },
    {
      Sid      = "Caches"
      Effect   = "Allow"
      Action   = ["elasticache:DescribeReplicationGroups", "elasticache:DescribeServerlessCaches"]
      Resource = flatten([for kind in ["replicationgroup", "serverlesscache"] : [for name in [var.name, "${var.name}-*"] : "${local.arn.elasticache}:${kind}:${name}"]])
    },
    {
      # Asked by how their names begin AWS looks at all of them: alarm:*
      Sid      = "Alarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"]
      Resource = "${local.arn.cloudwatch}:alarm:*"
    },
    {
      Sid    = "KnowNoResource"
      Effect = "Allow"
      Action = [
        "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingActivities",
        "ce:GetAnomalies", "ce:GetCostAndUsage", "ce:GetCostForecast", "cloudtrail:LookupEvents", "cloudwatch:GetMetricData",
        "ecs:DescribeTaskDefinition", "ecs:ListClusters", "elasticache:DescribeEvents",
        "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
        "logs:DescribeLogGroups", "logs:StopQuery", "rds:DescribeEvents", "secretsmanager:ListSecrets",
      ]
      Resource = "*"
    },
  ]

  # Whatever else should ever be attached to the role.
  never = {
    Sid    = "Never"
    Effect = "Deny"
    Action = [
      "kms:Decrypt", "logs:Unmask", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "ssm:GetParameter*", "sts:AssumeRole",
    ]
    Resource = "*"
  }
}

output "statements" {
  description = "What is allowed"
  value       = local.statements
}

output "actions" {
  description = "Each action that is allowed"
  value       = sort(flatten([for statement in local.statements : statement.Action]))
}

output "policy" {
  description = "The whole policy, with what must never be"
  value       = jsonencode({ Version = "2012-10-17", Statement = concat(local.statements, [local.never]) })
}

terraform {
  required_version = ">= 1.11"
}
