# CloudWatch RUM of one page: browsers tell it how the page went (support/web and the like say what of it), each as a guest whose role may do that
# and nothing else.
locals {
  full_name = "${var.name}-${var.service}-web"
  arn       = "arn:aws:rum:${var.region}:${var.account}:appmonitor/${local.full_name}"
}

resource "aws_rum_app_monitor" "main" {
  name           = local.full_name
  domain         = var.host
  cw_log_enabled = false # it keeps what it was told for 30 days

  app_monitor_configuration {
    allow_cookies       = false
    enable_xray         = false
    session_sample_rate = var.part
    telemetries         = ["errors", "http", "performance"]
    identity_pool_id    = aws_cognito_identity_pool.guests.id
    guest_role_arn      = aws_iam_role.guest.arn
  }
}

# ---- Guests ----

# Anybody may be one: a page has nothing secret to show. Not by the older way, in which the browser could ask for a role.
resource "aws_cognito_identity_pool" "guests" {
  # checkov:skip=CKV_AWS_366:Who opens the page has signed in nowhere yet; what a guest may is tell this monitor how it went
  identity_pool_name               = local.full_name
  allow_unauthenticated_identities = true
  allow_classic_flow               = false
}

resource "aws_iam_role" "guest" {
  name                 = "${local.full_name}-guest"
  path                 = "/${var.name}/"
  description          = "Who opens the page of ${var.service} tells how it went"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.guests.id }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "unauthenticated" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "guest" {
  name = "tell"
  role = aws_iam_role.guest.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Tell", Effect = "Allow", Action = ["rum:PutRumEvents"], Resource = local.arn }]
  })
}

resource "aws_cognito_identity_pool_roles_attachment" "guests" {
  identity_pool_id = aws_cognito_identity_pool.guests.id
  roles            = { unauthenticated = aws_iam_role.guest.arn }
}
