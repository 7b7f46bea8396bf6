# Everything in a region that is no default of anybody's, with names as AWS would give them: what tests/rights.mjs looks at.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  github       = { owner = "example", owner_id = 11, repository = "shop-mcp", repository_id = 22 }
  environments = { for name in ["dev", "staging", "prod"] : name => { zone_ids = ["Zshop-${name}"], backup_region = "eu-west-1" } }
}

override_resource {
  target = aws_s3_bucket.state
  values = { arn = "arn:aws:s3:::shop-state" }
}

# One for all of them, whichever are listed.
override_resource {
  target = aws_ecr_repository.service
  values = { arn = "arn:aws:ecr:eu-central-1:123456789012:repository/shop/products" }
}

override_resource {
  target = module.environment["dev"].aws_kms_key.main
  values = { arn = "arn:aws:kms:eu-central-1:123456789012:key/shop-dev" }
}

override_resource {
  target = module.environment["staging"].aws_kms_key.main
  values = { arn = "arn:aws:kms:eu-central-1:123456789012:key/shop-staging" }
}

override_resource {
  target = module.environment["prod"].aws_kms_key.main
  values = { arn = "arn:aws:kms:eu-central-1:123456789012:key/shop-prod" }
}

override_resource {
  target = module.environment["dev"].aws_kms_key.backups
  values = { arn = "arn:aws:kms:eu-west-1:123456789012:key/shop-dev" }
}

override_resource {
  target = module.environment["staging"].aws_kms_key.backups
  values = { arn = "arn:aws:kms:eu-west-1:123456789012:key/shop-staging" }
}

override_resource {
  target = module.environment["prod"].aws_kms_key.backups
  values = { arn = "arn:aws:kms:eu-west-1:123456789012:key/shop-prod" }
}

override_resource {
  target = module.environment["dev"].aws_iam_policy.boundary
  values = { arn = "arn:aws:iam::123456789012:policy/shop-dev-boundary" }
}

override_resource {
  target = module.environment["staging"].aws_iam_policy.boundary
  values = { arn = "arn:aws:iam::123456789012:policy/shop-staging-boundary" }
}

override_resource {
  target = module.environment["prod"].aws_iam_policy.boundary
  values = { arn = "arn:aws:iam::123456789012:policy/shop-prod-boundary" }
}

run "roles" {
  assert {
    condition     = length(module.environment) == 3
    error_message = "Each environment has its policies."
  }
}
