# One environment's part: its key, its secrets, the boundary, and what its pipeline may do.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  project            = "shop"
  name               = "dev"
  region             = "us-east-1"
  backup_region      = null
  account            = "123456789012"
  services           = { products = { calls = [] }, orders = { calls = ["products"] } }
  zone_ids           = ["Z1"]
  oidc_provider_arn  = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  subjects           = ["repo:example/shop-mcp", "repo:example@11/shop-mcp@22"]
  state_bucket_arn   = "arn:aws:s3:::shop-state"
  repository_arns    = ["arn:aws:ecr:us-east-1:123456789012:repository/shop/products"]
  reading_policy_arn = "arn:aws:iam::123456789012:policy/reading"
}

run "trust" {
  module {
    source = "./environment"
  }

  assert {
    condition = (
      keys(jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition) == ["StringEquals"] &&
      jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    )
    error_message = "GitHub's token is compared whole, and meant for AWS."
  }
  assert {
    condition = toset(jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]) == toset([
      "repo:example/shop-mcp:environment:dev", "repo:example@11/shop-mcp@22:environment:dev",
      "repo:example/shop-mcp:environment:dev-destroy", "repo:example@11/shop-mcp@22:environment:dev-destroy",
    ])
    error_message = "It is that of a job in this environment, in both ways that GitHub writes it."
  }
  assert {
    condition     = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Principal == { Federated = var.oidc_provider_arn }
    error_message = "Nobody but GitHub takes the role."
  }
}

run "policies" {
  module {
    source = "./environment"
  }

  # Which they are, tests/rights.mjs looks at.
  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.deploy)) == toset(keys(aws_iam_policy.deploy))
    error_message = "The role has every one of them."
  }
}

run "without_a_database" {
  variables {
    services = { products = { calls = [] }, lookout = { calls = [], database = false } }
  }

  module {
    source = "./environment"
  }

  assert {
    condition     = toset(keys(aws_secretsmanager_secret.keys)) == toset(["products", "lookout"]) && keys(aws_secretsmanager_secret.database) == ["products"]
    error_message = "Each has keys, and who has a database a password there."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.drill.policy, "lookout") && strcontains(aws_iam_role_policy.drill.policy, "shop-dev-products-task")
    error_message = "The drill starts no task that has nothing to look at."
  }
  assert {
    condition     = !strcontains(aws_iam_policy.boundary.policy, "ecs:") && !strcontains(aws_iam_policy.boundary.policy, "bedrock:")
    error_message = "Where no program reads in AWS or asks models, no role can."
  }
}

run "with_a_reader" {
  variables {
    services = { lookout = { calls = [], database = false, aws = "read" } }
  }

  module {
    source = "./environment"
  }

  assert {
    condition     = strcontains(aws_iam_policy.boundary.policy, "ecs:DescribeServices") && length(aws_iam_policy.boundary.policy) <= 6144
    error_message = "The boundary lets a role read, where one has to."
  }
}

run "with_models" {
  variables {
    services = { desk = { calls = [], models = true } }
  }

  module {
    source = "./environment"
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Sid => join(" ", flatten([statement.Resource])) if anytrue([for action in statement.Action : startswith(action, "bedrock:")]) } == {
      AskByProfile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/*"
      Ask          = "arn:aws:bedrock:*::foundation-model/*"
      Guard        = "arn:aws:bedrock:us-east-1:123456789012:guardrail/*"
    }
    error_message = "The boundary lets a role ask models, where one has to."
  }
  assert {
    condition     = strcontains(aws_secretsmanager_secret.keys["desk"].description, "OPENAI_KEY")
    error_message = "Its secret says what else may be in it."
  }
}

run "without_zone" {
  variables {
    zone_ids = []
  }

  module {
    source = "./environment"
  }

  assert {
    condition     = !strcontains(aws_iam_policy.deploy["balancer"].policy, "route53:")
    error_message = "Without a zone no name can be changed."
  }
}

run "boundary" {
  module {
    source = "./environment"
  }

  assert {
    condition     = alltrue(flatten([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]]))
    error_message = "The boundary has no * in an action."
  }
  assert {
    condition     = !anytrue(flatten([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : [for action in statement.Action : startswith(action, "iam:") || startswith(action, "sts:") || startswith(action, "s3:")]]))
    error_message = "No role of a task has rights over roles, or over the state."
  }
  assert {
    condition     = toset(flatten([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Resource if contains(statement.Action, "secretsmanager:GetSecretValue")])) == toset(["arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-dev/*", "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-*"])
    error_message = "Tasks of dev read secrets of dev."
  }
}

run "key_and_secrets" {
  module {
    source = "./environment"
  }

  assert {
    condition     = aws_kms_key.main.enable_key_rotation && aws_kms_key.main.deletion_window_in_days == 30
    error_message = "The key turns over, and is not gone at once."
  }
  assert {
    condition     = alltrue(flatten([for statement in jsondecode(aws_kms_key.main.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]]))
    error_message = "The key's policy has no * in an action."
  }
  assert {
    condition     = alltrue([for statement in jsondecode(aws_kms_key.main.policy).Statement : can(statement.Condition) || statement.Principal == { AWS = "arn:aws:iam::123456789012:root" }])
    error_message = "AWS's services use the key for this account alone."
  }
  assert {
    condition     = contains(flatten([for statement in jsondecode(aws_kms_key.main.policy).Statement : statement.Action if can(statement.Principal.AWS)]), "kms:PutKeyPolicy")
    error_message = "The account can always change the key's policy."
  }
  assert {
    condition     = alltrue([for secret in concat(values(aws_secretsmanager_secret.keys), values(aws_secretsmanager_secret.database)) : secret.kms_key_id == aws_kms_key.main.arn && secret.recovery_window_in_days == 30])
    error_message = "Secrets are encrypted with the environment's key, and can be brought back."
  }
  assert {
    condition     = toset(output.secrets["shop-dev/orders/keys"]) == toset(["API_KEYS", "STATE_KEYS", "PRODUCTS_KEY"])
    error_message = "orders has a key for products."
  }
}

run "backups_elsewhere" {
  variables {
    name          = "prod"
    backup_region = "us-west-2"
  }

  module {
    source = "./environment"
  }

  assert {
    condition = (
      aws_kms_key.backups[0].region == "us-west-2" && aws_kms_key.backups[0].enable_key_rotation &&
      aws_kms_alias.backups[0].region == "us-west-2" && aws_kms_alias.backups[0].name == "alias/shop-prod"
    )
    error_message = "There is a key where the copies are, found by the environment's name."
  }
  assert {
    condition     = [for statement in jsondecode(aws_kms_key.backups[0].policy).Statement : statement.Sid] == ["WhoeverTheAccountLets"]
    error_message = "It is this account's to use."
  }
  assert {
    condition     = alltrue([for secret in concat(values(aws_secretsmanager_secret.keys), values(aws_secretsmanager_secret.database)) : one(secret.replica).region == "us-west-2" && one(secret.replica).kms_key_id == aws_kms_key.backups[0].arn])
    error_message = "Every secret is there too, under that key."
  }
}
