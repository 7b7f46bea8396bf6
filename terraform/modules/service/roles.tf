# Roles. ECS itself starts a task with an execution role (image, logs, secrets); the program has the task role, and asks
# nothing of AWS, or only reads there, or asks models and keeps something in its table.
locals {
  assumed_by_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:${var.region}:${var.account}:*" }
      }
    }]
  })

  secrets_of = merge(
    { service = concat([var.keys_secret_arn], local.databases[*].secret_arn) },
    { for database in local.databases : "setup" => [database.secret_arn, database.master_secret_arn] },
  )
}

resource "aws_iam_role" "task" {
  name                 = "${local.full_name}-task"
  path                 = "/${var.name}/"
  description          = "The program of ${local.full_name}: may ${var.reads != null ? "read" : length(module.models) > 0 ? "ask models" : "do nothing"} in AWS"
  assume_role_policy   = local.assumed_by_tasks
  permissions_boundary = var.permissions_boundary
}

module "aws_read" {
  source = "../aws-read"
  count  = var.reads == null ? 0 : 1

  project = var.reads
  name    = var.name
  region  = var.region
  account = var.account
}

resource "aws_iam_role_policy" "task" {
  count = length(module.aws_read)

  name   = "read"
  role   = aws_iam_role.task.id
  policy = module.aws_read[count.index].policy
}

module "models" {
  source = "../models"
  count  = try(length(var.models.bedrock), 0) > 0 ? 1 : 0

  region    = var.region
  account   = var.account
  ids       = var.models.bedrock
  guardrail = var.models.guardrail
}

resource "aws_iam_role_policy" "models" {
  count = length(module.models)

  name   = "models"
  role   = aws_iam_role.task.id
  policy = module.models[count.index].policy
}

# What its program does with its items and no more: several writes as one are each of them by itself to IAM, and nothing goes through all of it (Scan).
resource "aws_iam_role_policy" "table" {
  count = var.table == null ? 0 : 1

  name = "table"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Items"
        Effect   = "Allow"
        Action   = ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        Resource = [var.table.arn]
      },
      {
        Sid      = "Indexes"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = ["${var.table.arn}/index/*"]
      },
      {
        # DynamoDB asks for it in the caller's name.
        Sid       = "ItsKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [var.key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.${var.region}.amazonaws.com" } }
      },
    ]
  })
}

resource "aws_iam_role" "execution" {
  for_each = local.secrets_of

  name                 = "${local.full_name}-${each.key}"
  path                 = "/${var.name}/"
  description          = "Starts the ${each.key} tasks of ${local.full_name}"
  assume_role_policy   = local.assumed_by_tasks
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "execution" {
  for_each = local.secrets_of

  name = "start"
  role = aws_iam_role.execution[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "SignInToTheRegistry"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*" # it knows no other
      },
      {
        Sid      = "Image"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = var.repository_arn
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.main.arn}:*"
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = each.value
      },
      {
        Sid       = "TheirKey"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = var.key_arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      },
    ]
  })
}

# ---- Blue/green: ECS itself moves the traffic ----

# AWS documents no condition for who takes it. Only who may pass a role in this account can give it to a service.
resource "aws_iam_role" "traffic" {
  count = local.blue_green ? 1 : 0

  name                 = "${local.full_name}-traffic"
  path                 = "/${var.name}/"
  description          = "ECS moves the traffic of ${local.full_name} from old tasks to new ones"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

# Of AmazonECSInfrastructureRolePolicyForLoadBalancers what two rules and two target groups need.
resource "aws_iam_role_policy" "traffic" {
  count = local.blue_green ? 1 : 0

  name = "traffic"
  role = aws_iam_role.traffic[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
        ]
        Resource = "*" # they know no other
      },
      {
        Sid      = "Targets"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
        Resource = [for group in aws_lb_target_group.main : group.arn]
      },
      {
        Sid      = "Traffic"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:ModifyRule"]
        Resource = [for rule in aws_lb_listener_rule.main : rule.arn]
      },
    ]
  })
}
