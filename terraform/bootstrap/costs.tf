# The role that tells what each environment cost. Its token is that of jobs in GitHub's environment `costs`, which waits for nobody.
resource "aws_iam_role" "costs" {
  name                 = "${var.project}-costs"
  description          = "Tells the environments of ${var.github.owner}/${var.github.repository} what they cost"
  max_session_duration = 3600

  assume_role_policy = module.trust_of_costs.policy
}

module "trust_of_costs" {
  source = "./trust"

  oidc_provider_arn = local.oidc_provider
  subjects          = local.subjects
  environments      = ["costs"]
}

resource "aws_iam_role_policy" "costs" {
  name = "tell"
  role = aws_iam_role.costs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Costs"
        Effect   = "Allow"
        Action   = ["ce:GetCostAndUsage"]
        Resource = "*" # it knows no other
      },
      {
        Sid      = "Topics"
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = [for name in keys(var.environments) : "arn:aws:sns:${var.region}:${local.account}:${var.project}-${name}-alarms"]
      },
      {
        Sid       = "KeysOfTheTopics"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [for environment in module.environment : environment.key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
      },
    ]
  })
}

output "costs_role_arn" {
  description = "Role that tells what each environment cost, for the variable AWS_COSTS_ROLE_ARN of GitHub's environment costs"
  value       = aws_iam_role.costs.arn
}
