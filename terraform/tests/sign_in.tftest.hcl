# The identity provider: who gets in, what may be asked for, and by whom.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name    = "shop-test"
  region  = "us-east-1"
  account = "123456789012"
  services = {
    products = { url = "https://products.example.com/mcp", scopes = { "products:read" = "Search the catalogue", "products:write" = "Change products" } }
    orders   = { url = "https://orders.example.com/mcp", scopes = { "orders:read" = "See every order", "orders:write" = "Place orders" } }
  }
  scopes              = ["products:read", "orders:write"]
  plan                = "ESSENTIALS"
  mfa                 = "OPTIONAL"
  self_sign_up        = false
  domain              = null
  callbacks           = []
  providers_of_people = ["COGNITO"]
  access_minutes      = 60
  refresh_days        = 30
  deletion_protection = true
}

run "pool" {
  module {
    source = "./modules/sign-in"
  }

  assert {
    condition     = aws_cognito_user_pool.main.user_pool_tier == "ESSENTIALS" && length(aws_cognito_user_pool.main.user_pool_add_ons) == 0 && length(aws_cognito_risk_configuration.main) == 0
    error_message = "It is on the plan that has managed login and resource binding, without what that plan lacks."
  }
  assert {
    condition     = aws_cognito_user_pool.main.deletion_protection == "ACTIVE"
    error_message = "Nobody deletes it by mistake, with everybody in it."
  }
  assert {
    condition     = one(aws_cognito_user_pool.main.admin_create_user_config).allow_admin_create_user_only
    error_message = "Only who is let in has an account."
  }
  assert {
    condition     = aws_cognito_user_pool.main.mfa_configuration == "OPTIONAL" && one(aws_cognito_user_pool.main.software_token_mfa_configuration).enabled
    error_message = "A second factor can be had, as a code of an app."
  }
  assert {
    condition = (
      one(aws_cognito_user_pool.main.password_policy).minimum_length >= 12 &&
      one(aws_cognito_user_pool.main.password_policy).password_history_size == 5 &&
      one(aws_cognito_user_pool.main.password_policy).temporary_password_validity_days == 3
    )
    error_message = "Passwords are long, are not used again, and the first one is soon of no use."
  }
  assert {
    condition = (
      aws_cognito_user_pool.main.alias_attributes == toset(["email"]) &&
      one(aws_cognito_user_pool.main.user_attribute_update_settings).attributes_require_verification_before_update == toset(["email"]) &&
      one(aws_cognito_user_pool.main.username_configuration).case_sensitive == false
    )
    error_message = "People sign in with their name or their address, in any case; another address is proven first."
  }
  assert {
    condition     = output.issuer == "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Mock00000"
    error_message = "The issuer is what tokens say, without a slash at its end."
  }
}

run "pages" {
  module {
    source = "./modules/sign-in"
  }

  assert {
    condition     = aws_cognito_user_pool_domain.main.managed_login_version == 2 && aws_cognito_managed_login_branding.people.use_cognito_provided_values
    error_message = "The pages are those of managed login, which has none for a client without a style."
  }
  assert {
    condition     = can(regex("^shop-test-[0-9a-f]{8}$", aws_cognito_user_pool_domain.main.domain)) && output.pages == "https://${aws_cognito_user_pool_domain.main.domain}.auth.us-east-1.amazoncognito.com"
    error_message = "Their name is one that nobody else has taken."
  }
  assert {
    condition     = aws_cognito_managed_login_branding.people.client_id == aws_cognito_user_pool_client.people.id
    error_message = "They are those of people's programs."
  }
}

run "scopes" {
  module {
    source = "./modules/sign-in"
  }

  assert {
    condition     = { for service, server in aws_cognito_resource_server.service : service => server.identifier } == { products = "https://products.example.com/mcp", orders = "https://orders.example.com/mcp" }
    error_message = "A service is known by its URL, which clients send as the resource."
  }
  assert {
    condition     = tomap({ for scope in aws_cognito_resource_server.service["orders"].scope : scope.scope_name => scope.scope_description }) == var.services.orders.scopes
    error_message = "Each has its own scopes, in words for people."
  }
  assert {
    condition     = output.prefixes == { products = "https://products.example.com/mcp/", orders = "https://orders.example.com/mcp/" }
    error_message = "What stands before the scopes of a service ends in a slash."
  }
  assert {
    condition     = output.groups == tolist(["orders:read", "products:write"]) && aws_cognito_user_group.staff["orders:read"].description == "See every order"
    error_message = "What not everybody may is a group."
  }
}

run "people" {
  module {
    source = "./modules/sign-in"
  }

  assert {
    condition     = aws_cognito_user_pool_client.people.generate_secret == false && aws_cognito_user_pool_client.people.allowed_oauth_flows == toset(["code"])
    error_message = "People's programs are public, and get a code."
  }
  assert {
    condition     = aws_cognito_user_pool_client.people.allowed_oauth_scopes == toset(["https://products.example.com/mcp/products:read", "https://orders.example.com/mcp/orders:write"])
    error_message = "They may ask for what everybody may, under its whole name, and nothing else."
  }
  assert {
    condition = length(setsubtract([
      "https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback", "http://localhost:8080/callback", "http://localhost:3334/oauth/callback",
      "https://chatgpt.com/connector_platform_oauth_redirect", "http://127.0.0.1:33418/", "https://vscode.dev/redirect", "cursor://anysphere.cursor-mcp/oauth/callback",
      "http://localhost:8787/callback",
    ], aws_cognito_user_pool_client.people.callback_urls)) == 0
    error_message = "Claude, Claude Code, mcp-remote, ChatGPT, VS Code and Cursor are led back."
  }
  assert {
    condition     = alltrue([for url in aws_cognito_user_pool_client.people.callback_urls : can(regex("^(https://|cursor://|http://(localhost|127\\.0\\.0\\.1):)", url))])
    error_message = "In the clear only within a machine."
  }
  assert {
    condition     = aws_cognito_user_pool_client.people.prevent_user_existence_errors == "ENABLED" && aws_cognito_user_pool_client.people.enable_token_revocation
    error_message = "Nobody is told who is there, and what was given can be taken back."
  }
  assert {
    condition = (
      one(aws_cognito_user_pool_client.people.refresh_token_rotation).feature == "ENABLED" &&
      !contains(aws_cognito_user_pool_client.people.explicit_auth_flows, "ALLOW_REFRESH_TOKEN_AUTH")
    )
    error_message = "Refresh tokens are used once; AWS refuses that with the other way to use them."
  }
  assert {
    condition = (
      aws_cognito_user_pool_client.people.access_token_validity == 60 && one(aws_cognito_user_pool_client.people.token_validity_units).access_token == "minutes" &&
      aws_cognito_user_pool_client.people.refresh_token_validity == 30 && one(aws_cognito_user_pool_client.people.token_validity_units).refresh_token == "days"
    )
    error_message = "Tokens live as long as was said."
  }
}

run "everything_said" {
  variables {
    plan                = "PLUS"
    mfa                 = "ON"
    self_sign_up        = true
    domain              = "sign-in-of-my-shop"
    callbacks           = ["https://chatgpt.com/connector/oauth/abc"]
    providers_of_people = ["COGNITO", "Google"]
    access_minutes      = 15
    refresh_days        = 1
    deletion_protection = false
  }

  module {
    source = "./modules/sign-in"
  }

  assert {
    condition = (
      one(aws_cognito_user_pool.main.user_pool_add_ons).advanced_security_mode == "ENFORCED" &&
      one(one(one(aws_cognito_risk_configuration.main).compromised_credentials_risk_configuration).actions).event_action == "BLOCK" &&
      one(one(one(one(aws_cognito_risk_configuration.main).account_takeover_risk_configuration).actions).high_action).event_action == "BLOCK"
    )
    error_message = "With PLUS threats are looked for, and stopped."
  }
  assert {
    condition     = aws_cognito_user_pool.main.mfa_configuration == "ON" && one(aws_cognito_user_pool.main.admin_create_user_config).allow_admin_create_user_only == false && aws_cognito_user_pool.main.deletion_protection == "INACTIVE"
    error_message = "What was said is so."
  }
  assert {
    condition     = aws_cognito_user_pool_domain.main.domain == "sign-in-of-my-shop" && contains(aws_cognito_user_pool_client.people.callback_urls, "https://chatgpt.com/connector/oauth/abc")
    error_message = "Another name, and one more that is led back to."
  }
  assert {
    condition     = aws_cognito_user_pool_client.people.supported_identity_providers == toset(["COGNITO", "Google"])
    error_message = "People may sign in with somebody else's account."
  }
}

run "name_of_the_pages_that_aws_refuses" {
  command = plan

  variables {
    name = "paws-test"
  }

  module {
    source = "./modules/sign-in"
  }

  expect_failures = [aws_cognito_user_pool_domain.main]
}
