# The role of the restore drill: brings the newest backup back beside the database, lets a task look at it, and deletes it again. It can
# reach nothing else, so nobody has to approve each month.
resource "aws_iam_role" "drill" {
  name                 = "${local.prefix}-drill"
  description          = "Restores a backup of ${local.prefix} beside it, and deletes that again"
  max_session_duration = 7200
  tags                 = { environment = var.name }

  assume_role_policy = module.trust_of_drill.policy
}

module "trust_of_drill" {
  source = "../trust"

  oidc_provider_arn = var.oidc_provider_arn
  subjects          = var.subjects
  environments      = ["${var.name}-drill"]
}

resource "aws_iam_role_policy" "drill" {
  name = "drill"
  role = aws_iam_role.drill.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "FindTheState"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = var.state_bucket_arn
      },
      {
        Sid      = "ReadTheState"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = "${var.state_bucket_arn}/${var.name}/terraform.tfstate"
      },
      {
        Sid    = "SeeHowFarItIs"
        Effect = "Allow"
        Action = [
          "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ecs:DescribeTaskDefinition", "ecs:DescribeTasks",
          "rds:DescribeDBInstances", "rds:DescribeDBSnapshots",
        ]
        Resource  = "*"
        Condition = local.here
      },
      {
        # What AWS checks of a restore: where from, where to, and what the new one is given.
        Sid    = "Restore"
        Effect = "Allow"
        Action = ["rds:RestoreDBInstanceFromDBSnapshot"]
        Resource = [for what in ["snapshot:rds:${local.prefix}-*", "db:${local.prefix}-drill", "pg:${local.prefix}-*", "subgrp:${local.prefix}", "og:default:*"] :
        "${local.arn.rds}:${what}"]
      },
      {
        Sid      = "TagIt"
        Effect   = "Allow"
        Action   = ["rds:AddTagsToResource"]
        Resource = "${local.arn.rds}:db:${local.prefix}-drill"
      },
      {
        Sid      = "TakeDown"
        Effect   = "Allow"
        Action   = ["rds:DeleteDBInstance"]
        Resource = "${local.arn.rds}:db:${local.prefix}-drill"
      },
      {
        Sid      = "Key"
        Effect   = "Allow"
        Action   = ["kms:DescribeKey"]
        Resource = aws_kms_key.main.arn
      },
      {
        Sid       = "KeyForTheDatabaseToKeep"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant"]
        Resource  = aws_kms_key.main.arn
        Condition = { StringEquals = { "kms:ViaService" = "rds.${var.region}.amazonaws.com" }, Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
      {
        # Not the setup's, which have the master's password: what is run can be given another command.
        Sid       = "Look"
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = [for service in local.databases : "${local.arn.ecs}:task-definition/${local.prefix}-${service}:*"]
        Condition = { ArnEquals = { "ecs:cluster" = "${local.arn.ecs}:cluster/${local.prefix}" } }
      },
      {
        Sid      = "StopLooking"
        Effect   = "Allow"
        Action   = ["ecs:StopTask"]
        Resource = "${local.arn.ecs}:task/${local.prefix}/*"
      },
      {
        Sid      = "WhatItSaid"
        Effect   = "Allow"
        Action   = ["logs:GetLogEvents"]
        Resource = "${local.arn.logs}:log-group:/${local.prefix}/services/*"
      },
      {
        Sid       = "HandRolesOn"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = flatten([for service in local.databases : [for role in ["task", "service"] : "arn:aws:iam::${var.account}:role/${local.prefix}/${local.prefix}-${service}-${role}"]])
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })
}
