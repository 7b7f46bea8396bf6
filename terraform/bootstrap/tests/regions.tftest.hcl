# What another region has, and who tells the costs.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region = "us-east-1"
  github = { owner = "example", owner_id = 11, repository = "shop-mcp", repository_id = 22 }
}

run "one_region" {
  assert {
    condition     = length(aws_ecr_replication_configuration.images) == 0 && length(aws_ecr_repository_creation_template.images) == 0
    error_message = "Nothing is copied that nobody asked for."
  }
  assert {
    condition     = toset(jsondecode(aws_iam_role.costs.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]) == toset(["repo:example/shop-mcp:environment:costs", "repo:example@11/shop-mcp@22:environment:costs"])
    error_message = "Costs are told by jobs of the environment costs."
  }
  assert {
    condition     = flatten([for statement in jsondecode(aws_iam_role_policy.costs.policy).Statement : statement.Action]) == ["ce:GetCostAndUsage", "sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"]
    error_message = "And they may do nothing else."
  }
}

run "two_regions" {
  variables {
    environments = { dev = {}, prod = { backup_region = "us-west-2" } }
  }

  assert {
    condition = (
      one(aws_ecr_replication_configuration.images[0].replication_configuration[0].rule[0].destination).region == "us-west-2" &&
      aws_ecr_replication_configuration.images[0].replication_configuration[0].rule[0].repository_filter[0].filter == "shop/"
    )
    error_message = "Images are copied to the region that an environment names."
  }
  assert {
    condition     = aws_ecr_repository_creation_template.images["us-west-2"].image_tag_mutability == "IMMUTABLE" && aws_ecr_repository_creation_template.images["us-west-2"].region == "us-west-2"
    error_message = "No tag is moved there either."
  }
}

run "the_same_region" {
  command = plan

  variables {
    environments = { prod = { backup_region = "us-east-1" } }
  }

  expect_failures = [var.environments]
}
