# What measures a page in browsers: whom a guest may tell it, and nothing else.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                 = "shop-test"
  service              = "desk"
  region               = "us-east-1"
  account              = "123456789012"
  host                 = "help.example.com"
  part                 = 0.25
  permissions_boundary = "arn:aws:iam::123456789012:policy/shop-test-boundary"
}

run "rum" {
  module {
    source = "./modules/rum"
  }

  assert {
    condition = (
      aws_rum_app_monitor.main.name == "shop-test-desk-web" && aws_rum_app_monitor.main.domain == "help.example.com" && !aws_rum_app_monitor.main.cw_log_enabled &&
      one(aws_rum_app_monitor.main.app_monitor_configuration).allow_cookies == false && one(aws_rum_app_monitor.main.app_monitor_configuration).session_sample_rate == 0.25 &&
      one(aws_rum_app_monitor.main.app_monitor_configuration).telemetries == toset(["errors", "http", "performance"])
    )
    error_message = "The monitor is the page's, sets no cookie and copies nothing into logs."
  }
  assert {
    condition = (
      aws_cognito_identity_pool.guests.allow_unauthenticated_identities && aws_cognito_identity_pool.guests.allow_classic_flow == false &&
      aws_cognito_identity_pool_roles_attachment.guests.identity_pool_id == aws_cognito_identity_pool.guests.id &&
      aws_cognito_identity_pool_roles_attachment.guests.roles == tomap({ unauthenticated = aws_iam_role.guest.arn })
    )
    error_message = "Who opens the page is a guest, and gets the guests' role and no other."
  }
  assert {
    condition = jsondecode(aws_iam_role.guest.assume_role_policy).Statement[0].Condition == {
      StringEquals             = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.guests.id }
      "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "unauthenticated" }
    }
    error_message = "Guests of another pool are not let into it."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.guest.policy).Statement == [
      { Sid = "Tell", Effect = "Allow", Action = ["rum:PutRumEvents"], Resource = "arn:aws:rum:us-east-1:123456789012:appmonitor/shop-test-desk-web" },
    ] && aws_iam_role.guest.permissions_boundary == "arn:aws:iam::123456789012:policy/shop-test-boundary"
    error_message = "A guest may tell this monitor how the page went."
  }
  assert {
    condition = output.config == {
      monitor  = aws_rum_app_monitor.main.app_monitor_id
      pool     = aws_cognito_identity_pool.guests.id
      part     = 0.25
      endpoint = "https://dataplane.rum.us-east-1.amazonaws.com"
      identity = "https://cognito-identity.us-east-1.amazonaws.com"
    }
    error_message = "The page is told all that it needs."
  }
}
