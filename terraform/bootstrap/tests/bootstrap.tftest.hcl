# State, repositories, and who may take which role.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region = "us-east-1"
  github = { owner = "example", owner_id = 11, repository = "shop-mcp", repository_id = 22 }
}

run "state" {
  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "Every version of the state is kept."
  }
  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "The state is encrypted."
  }
  assert {
    condition = (
      aws_s3_bucket_public_access_block.state.block_public_acls &&
      aws_s3_bucket_public_access_block.state.block_public_policy &&
      aws_s3_bucket_public_access_block.state.ignore_public_acls &&
      aws_s3_bucket_public_access_block.state.restrict_public_buckets
    )
    error_message = "The state is nobody else's."
  }
  assert {
    condition = (
      jsondecode(aws_s3_bucket_policy.state.policy).Statement[0].Effect == "Deny" &&
      jsondecode(aws_s3_bucket_policy.state.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false" &&
      length(jsondecode(aws_s3_bucket_policy.state.policy).Statement[0].Resource) == 2
    )
    error_message = "The state is reached over TLS alone, the bucket and what is in it."
  }
  assert {
    condition     = strcontains(output.own_backend, "use_lockfile = true")
    error_message = "The lock is in the bucket."
  }
}

run "repositories" {
  assert {
    condition     = toset([for repository in aws_ecr_repository.service : repository.name]) == toset([for name in keys(jsondecode(file("../../services.json"))) : "shop/${name}"])
    error_message = "Each service has a repository."
  }
  assert {
    condition     = alltrue([for repository in aws_ecr_repository.service : repository.image_tag_mutability == "IMMUTABLE"])
    error_message = "No tag is ever moved."
  }
  assert {
    condition     = alltrue([for repository in aws_ecr_repository.service : repository.image_scanning_configuration[0].scan_on_push])
    error_message = "Every image is scanned."
  }
  assert {
    condition     = alltrue([for policy in aws_ecr_lifecycle_policy.service : jsondecode(policy.policy).rules[1].selection.countNumber == 50])
    error_message = "The newest fifty are kept."
  }
  assert {
    condition = alltrue(flatten([for policy in aws_ecr_lifecycle_policy.service : [for rule in jsondecode(policy.policy).rules :
      rule.selection.countType == "imageCountMoreThan" && rule.selection.countNumber >= 5 * 50 if rule.selection.tagStatus != "tagged"
    ]]))
    error_message = "An image that is kept keeps what has no tag: two architectures, how each was made, and the signature, which may be older than any number of days."
  }
}

run "plan_role" {
  assert {
    condition = (
      jsondecode(aws_iam_role.plan.assume_role_policy).Statement[0].Action == "sts:AssumeRoleWithWebIdentity" &&
      keys(jsondecode(aws_iam_role.plan.assume_role_policy).Statement[0].Condition) == ["StringEquals"]
    )
    error_message = "GitHub's token is compared whole, never like a pattern."
  }
  assert {
    condition     = jsondecode(aws_iam_role.plan.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    error_message = "The token is meant for AWS."
  }
  assert {
    condition     = toset(jsondecode(aws_iam_role.plan.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]) == toset(["repo:example/shop-mcp:pull_request", "repo:example@11/shop-mcp@22:pull_request", "repo:example/shop-mcp:ref:refs/heads/main", "repo:example@11/shop-mcp@22:ref:refs/heads/main"])
    error_message = "It is a pull request's of this repository or main's, in both ways that GitHub writes it."
  }
}

run "push_role" {
  assert {
    condition = toset(jsondecode(aws_iam_role.push.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]) == toset([
      "repo:example/shop-mcp:environment:images", "repo:example@11/shop-mcp@22:environment:images",
    ])
    error_message = "Jobs that build images, in both ways that GitHub writes it."
  }
  assert {
    condition     = jsondecode(aws_iam_role.push.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    error_message = "The token is meant for AWS."
  }
}

run "environment_called_images" {
  command = plan

  variables {
    environments = { images = {} }
  }

  expect_failures = [var.environments]
}

run "environment_called_costs" {
  command = plan

  variables {
    environments = { costs = {} }
  }

  expect_failures = [var.environments]
}

run "given_provider" {
  variables {
    oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition = (
      length(aws_iam_openid_connect_provider.github) == 0 &&
      jsondecode(aws_iam_role.plan.assume_role_policy).Statement[0].Principal.Federated == var.oidc_provider_arn
    )
    error_message = "An account's provider for GitHub is taken; there can be only one."
  }
}

run "made_provider" {
  assert {
    condition = (
      aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" &&
      aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    )
    error_message = "The provider is GitHub's, for AWS."
  }
  assert {
    condition     = toset(keys(output.deploy_role_arns)) == toset(["dev", "staging", "prod"])
    error_message = "Each environment has a role."
  }
  assert {
    condition = jsonencode({ for name, keys in output.secrets["dev"] : name => keys if can(regex("/(orders|products)/", name)) }) == jsonencode({
      "shop-dev/orders/database"   = ["username", "password"]
      "shop-dev/orders/keys"       = ["API_KEYS", "STATE_KEYS", "PRODUCTS_KEY"]
      "shop-dev/products/database" = ["username", "password"]
      "shop-dev/products/keys"     = ["API_KEYS", "STATE_KEYS"]
    })
    error_message = "Each service has its two secrets, with these values to put in."
  }
}

run "owner_with_wildcard" {
  command = plan

  variables {
    github = { owner = "*", owner_id = 11, repository = "shop-mcp", repository_id = 22 }
  }

  expect_failures = [var.github]
}

run "numbers_left_out" {
  command = plan

  variables {
    github = { owner = "example", owner_id = 0, repository = "shop-mcp", repository_id = 22 }
  }

  expect_failures = [var.github]
}

run "provider_of_somebody_else" {
  command = plan

  variables {
    oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/example.com"
  }

  expect_failures = [var.oidc_provider_arn]
}

run "environment_with_dash" {
  command = plan

  variables {
    environments = { my-dev = {} }
  }

  expect_failures = [var.environments]
}

run "nothing_to_roll_back_to" {
  command = plan

  variables {
    images_kept = 1
  }

  expect_failures = [var.images_kept]
}
