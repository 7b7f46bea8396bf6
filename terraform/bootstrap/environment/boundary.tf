# What a role that the pipeline makes can ever do, whatever its policy says: the pipeline must put this on each of them, so it can't
# make itself a stronger role.
module "aws_read" {
  source = "../../modules/aws-read"
  count  = anytrue([for service in var.services : service.aws == "read"]) ? 1 : 0

  project = var.project
  name    = local.prefix
  region  = var.region
  account = var.account
}

# Which models it is, the environment says, where whoever deploys may write; what they cost is bounded by the quotas of the account.
module "models" {
  source = "../../modules/models"
  count  = anytrue([for service in var.services : service.models]) ? 1 : 0

  region    = var.region
  account   = var.account
  ids       = ["*"]
  guardrail = null
}

# What is there only where a service wants it.
locals {
  most_of_tables = [for statement in [{
    Sid      = "Items"
    Effect   = "Allow"
    Action   = ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    Resource = ["${local.arn.dynamodb}:table/${local.prefix}-*"] # and their indexes
  }] : statement if local.has_tables]

  most_of_guests = [for statement in [{
    Sid      = "Measuring"
    Effect   = "Allow"
    Action   = ["rum:PutRumEvents"]
    Resource = ["${local.arn.rum}:appmonitor/${local.prefix}-*"]
  }] : statement if anytrue([for service in var.services : service.web])]
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.prefix}-boundary"
  description = "The most that a role of ${local.prefix} can do"
  tags        = { environment = var.name }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"]
        Resource = [for group in ["/${local.prefix}/*", "RDS*"] : "${local.arn.logs}:log-group:${group}:*"]
      },
      {
        Sid      = "MonitoringGroup"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
        Resource = "${local.arn.logs}:log-group:RDS*"
      },
      {
        Sid      = "Images"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = var.repository_arns
      },
      {
        Sid    = "WithoutResource"
        Effect = "Allow"
        Action = [
          "ecr:GetAuthorizationToken", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth", "logs:DescribeLogGroups",
        ]
        Resource = "*"
      },
      {
        Sid    = "Traffic"
        Effect = "Allow"
        Action = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:RegisterTargets"]
        Resource = [
          "${local.arn.elasticloadbalancing}:targetgroup/${local.prefix}-*/*", "${local.arn.elasticloadbalancing}:listener-rule/app/${local.prefix}/*",
        ]
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = "${local.arn.secretsmanager}:secret:${local.prefix}/*"
      },
      {
        # RDS names them all alike, and tags each with the database that it is of. One that was restored had another name first.
        Sid       = "MasterSecret"
        Effect    = "Allow"
        Action    = ["secretsmanager:GetSecretValue"]
        Resource  = "${local.arn.secretsmanager}:secret:rds!db-*"
        Condition = { StringLike = { "aws:ResourceTag/aws:rds:primaryDBInstanceArn" = ["${local.arn.rds}:db:${local.prefix}", "${local.arn.rds}:db:${local.prefix}-*"] } }
      },
      {
        Sid      = "Key"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = aws_kms_key.main.arn
      },
    ], local.most_of_tables, local.most_of_guests, concat(module.aws_read[*].statements, module.models[*].statements)...)
  })
}
