# The role of the environment's pipeline. GitHub hands its token only to jobs of that environment, behind whatever approval it has there;
# on main alone, also where nobody has set the environment up yet.
locals {
  # The second is for taking down, so that this can have an approval of its own.
  subjects = flatten([for subject in var.subjects : ["${subject}:environment:${var.name}", "${subject}:environment:${var.name}-destroy"]])
}

resource "aws_iam_role" "deploy" {
  name                 = "${local.prefix}-deploy"
  description          = "Deploys and takes down ${local.prefix}"
  max_session_duration = 3600
  tags                 = { environment = var.name }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = var.oidc_provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:ref" = "refs/heads/main"
          "token.actions.githubusercontent.com:sub" = local.subjects
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "reading" {
  role       = aws_iam_role.deploy.name
  policy_arn = var.reading_policy_arn
}

resource "aws_iam_policy" "deploy" {
  for_each = local.policies

  name        = "${local.prefix}-deploy-${each.key}"
  description = "What a deployment of ${local.prefix} changes: ${each.key}"
  policy      = jsonencode({ Version = "2012-10-17", Statement = each.value })
  tags        = { environment = var.name }
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each   = aws_iam_policy.deploy
  role       = aws_iam_role.deploy.name
  policy_arn = each.value.arn
}
