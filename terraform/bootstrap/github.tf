# Who GitHub's tokens are, and which role they get. No key is stored anywhere.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  oidc_provider = var.oidc_provider_arn == null ? aws_iam_openid_connect_provider.github[0].arn : var.oidc_provider_arn

  # Both ways GitHub writes the repository: the second with the numbers, from those created since 15 July 2026.
  subjects = [
    "repo:${var.github.owner}/${var.github.repository}",
    "repo:${var.github.owner}@${var.github.owner_id}/${var.github.repository}@${var.github.repository_id}",
  ]

  repositories = [for repository in aws_ecr_repository.service : repository.arn]
}

# Reads everything that a plan looks at, and can change nothing: for pull requests, and for main before anybody approved.
resource "aws_iam_role" "plan" {
  name                 = "${var.project}-plan"
  description          = "Pull requests of ${var.github.owner}/${var.github.repository}: terraform plan"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.oidc_provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = flatten([for subject in local.subjects : ["${subject}:pull_request", "${subject}:ref:refs/heads/main"]])
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "plan_reading" {
  role       = aws_iam_role.plan.name
  policy_arn = aws_iam_policy.reading.arn
}

resource "aws_iam_role_policy" "plan_state" {
  name = "state"
  role = aws_iam_role.plan.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "FindTheState"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = aws_s3_bucket.state.arn
      },
      {
        Sid      = "ReadTheState"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = [for name in keys(var.environments) : "${aws_s3_bucket.state.arn}/${name}/*"]
      },
    ]
  })
}

# Pushes images, and nothing else. Its token is that of jobs in GitHub's environment `images`, so that no deploy role is in hand where
# images are built.
resource "aws_iam_role" "push" {
  name                 = "${var.project}-push"
  description          = "Builds of ${var.github.owner}/${var.github.repository}: images into their repositories"
  max_session_duration = 3600

  assume_role_policy = module.trust_of_push.policy
}

module "trust_of_push" {
  source = "./trust"

  oidc_provider_arn = local.oidc_provider
  subjects          = local.subjects
  environments      = ["images"]
}

resource "aws_iam_role_policy" "push" {
  name = "images"
  role = aws_iam_role.push.id

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
        Sid    = "Images"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
        ]
        Resource = local.repositories
      },
    ]
  })
}

module "environment" {
  source   = "./environment"
  for_each = var.environments

  project            = var.project
  name               = each.key
  region             = var.region
  backup_region      = each.value.backup_region
  account            = local.account
  services           = { for service, at in module.services.all : service => { calls = keys(at.calls), database = at.database, aws = at.aws, models = at.models, table = at.table != null, web = at.web != null } }
  zone_ids           = each.value.zone_ids
  oidc_provider_arn  = local.oidc_provider
  subjects           = local.subjects
  state_bucket_arn   = aws_s3_bucket.state.arn
  repository_arns    = local.repositories
  reading_policy_arn = aws_iam_policy.reading.arn
}
