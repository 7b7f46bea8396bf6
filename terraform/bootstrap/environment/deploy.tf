# The role of the environment's pipeline. GitHub hands its token only to jobs of that environment, behind whatever approval it has there.
resource "aws_iam_role" "deploy" {
  name                 = "${local.prefix}-deploy"
  description          = "Deploys and takes down ${local.prefix}"
  max_session_duration = 3600
  tags                 = { environment = var.name }

  assume_role_policy = module.trust_of_deploy.policy
}

module "trust_of_deploy" {
  source = "../trust"

  oidc_provider_arn = var.oidc_provider_arn
  subjects          = var.subjects
  environments      = [var.name, "${var.name}-destroy"] # the second is for taking down, so that this can have an approval of its own
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
