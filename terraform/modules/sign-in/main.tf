# An identity provider of our own: who the people are, and how they show it. A user pool of Cognito with its sign-in pages; the services
# check its tokens and see nothing else of it.
locals {
  # Each scope of each service, by the name under which Cognito knows it: PUBLIC_URL/scope.
  scopes = merge([for service, at in var.services : { for scope in keys(at.scopes) : "${at.url}/${scope}" => scope }]...)
  known  = toset(values(local.scopes))

  for_everybody = [for name, scope in local.scopes : name if contains(var.scopes, scope)]
}

resource "aws_cognito_user_pool" "main" {
  name                = var.name
  user_pool_tier      = var.plan
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"

  # A user name is whoever makes the person's to choose, and never changes: it may be the customer's number in the shop. People sign in
  # with it, or with their address.
  alias_attributes         = ["email"]
  auto_verified_attributes = ["email"]

  username_configuration {
    case_sensitive = false
  }

  admin_create_user_config {
    allow_admin_create_user_only = !var.self_sign_up
  }

  # Whoever changes an address shows first that it is theirs, or it could be somebody else's to sign in with.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    password_history_size            = 5
    temporary_password_validity_days = 3
  }

  mfa_configuration = var.mfa

  software_token_mfa_configuration {
    enabled = true
  }

  dynamic "user_pool_add_ons" {
    for_each = local.threats

    content {
      advanced_security_mode = "ENFORCED"
    }
  }
}

# Threat protection: passwords that are known from elsewhere, and sign-ins unlike the person's others.
locals {
  threats = var.plan == "PLUS" ? ["PLUS"] : []
}

resource "aws_cognito_risk_configuration" "main" {
  count        = length(local.threats)
  user_pool_id = aws_cognito_user_pool.main.id

  compromised_credentials_risk_configuration {
    actions {
      event_action = "BLOCK"
    }
  }

  account_takeover_risk_configuration {
    actions {
      medium_action {
        event_action = "MFA_IF_CONFIGURED"
        notify       = false # a mail takes an address of SES
      }

      high_action {
        event_action = "BLOCK"
        notify       = false
      }
    }
  }
}

# ---- The pages on which people sign in ----

resource "aws_cognito_user_pool_domain" "main" {
  domain                = local.domain
  user_pool_id          = aws_cognito_user_pool.main.id
  managed_login_version = 2

  lifecycle {
    precondition {
      condition     = !can(regex("aws|amazon|cognito", local.domain))
      error_message = "A name of AWS's pages has none of aws, amazon and cognito in it, and ${local.domain} has: say sign_in.cognito.domain."
    }
  }
}

locals {
  # It is one for everybody in the region.
  domain = coalesce(var.domain, "${var.name}-${substr(sha256("${var.account}/${var.name}"), 0, 8)}")
}

resource "aws_cognito_managed_login_branding" "people" {
  user_pool_id                = aws_cognito_user_pool.main.id
  client_id                   = aws_cognito_user_pool_client.people.id
  use_cognito_provided_values = true
}

# ---- What may be asked for ----

# By its own URL, which clients send as `resource`: then the token is for that service alone (aud).
resource "aws_cognito_resource_server" "service" {
  for_each = var.services

  user_pool_id = aws_cognito_user_pool.main.id
  identifier   = each.value.url
  name         = "${var.name}-${each.key}"

  dynamic "scope" {
    for_each = each.value.scopes

    content {
      scope_name        = scope.key
      scope_description = scope.value
    }
  }
}

# What not everybody may is a group of its own, called as the scope: a person's groups are in each token, and count beside its scopes.
# Cognito itself has scopes by client, not by person.
resource "aws_cognito_user_group" "staff" {
  for_each = { for scope in setsubtract(local.known, var.scopes) : scope => join("; ", distinct([for at in var.services : at.scopes[scope] if contains(keys(at.scopes), scope)])) }

  user_pool_id = aws_cognito_user_pool.main.id
  name         = each.key
  description  = each.value
}

# ---- Who may ask ----

# The programs of people: public, as none of them can keep a secret, with PKCE. Callbacks match to the letter. A program that acts for
# nobody has a secret with Cognito, which would be in the state and in every plan: terraform/machine makes its client.
resource "aws_cognito_user_pool_client" "people" {
  name         = "${var.name}-people"
  user_pool_id = aws_cognito_user_pool.main.id

  generate_secret                      = false
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = local.for_everybody
  callback_urls                        = distinct(concat(flatten(values(local.callbacks)), var.callbacks))
  supported_identity_providers         = var.providers_of_people

  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true
  explicit_auth_flows           = ["ALLOW_USER_SRP_AUTH"] # said, as with rotation there must not be ALLOW_REFRESH_TOKEN_AUTH, which it would have

  access_token_validity  = var.access_minutes
  id_token_validity      = var.access_minutes
  refresh_token_validity = var.refresh_days

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }

  # Each refresh gives a new token for it, and the old one is of no use any more, but for a client that did not get the answer.
  refresh_token_rotation {
    feature                    = "ENABLED"
    retry_grace_period_seconds = 60
  }

  # A scope is there before a client may ask for it.
  depends_on = [aws_cognito_resource_server.service]
}

locals {
  callbacks = {
    claude      = ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"]
    claude_code = ["http://localhost:8080/callback"]
    mcp_remote  = ["http://localhost:3334/oauth/callback"]
    chatgpt     = ["https://chatgpt.com/connector_platform_oauth_redirect"] # newer ones have an address each, for sign_in.cognito.callbacks
    vs_code     = ["http://127.0.0.1:33418/", "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect"]
    cursor      = ["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback", "https://www.cursor.com/agents/mcp/oauth/callback"]
  }
}
