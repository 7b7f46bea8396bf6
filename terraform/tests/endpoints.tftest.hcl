# The endpoints, which are there instead of NAT.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name              = "shop-test"
  region            = "us-east-1"
  account           = "123456789012"
  vpc_id            = "vpc-1"
  subnet_ids        = ["subnet-private-a"]
  security_group_id = "sg-endpoints"
  actions           = []
}

run "endpoints" {
  module {
    source = "./modules/endpoints"
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["ecr.api", "ecr.dkr", "logs", "secretsmanager"])
    error_message = "Registry, logs and secrets have endpoints."
  }
  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.private_dns_enabled && endpoint.security_group_ids == toset(["sg-endpoints"])])
    error_message = "Endpoints answer to AWS's own names, behind their security group."
  }
  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : jsondecode(endpoint.policy).Statement[0].Condition.StringEquals["aws:PrincipalAccount"] == "123456789012"])
    error_message = "Endpoints serve this account alone."
  }
}

# With a program that asks models.
run "with_models" {
  variables {
    actions = ["bedrock:ApplyGuardrail", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
  }

  module {
    source = "./modules/endpoints"
  }

  assert {
    condition     = jsondecode(aws_vpc_endpoint.interface["bedrock-runtime"].policy).Statement[0].Action == ["bedrock:ApplyGuardrail", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"] && endswith(aws_vpc_endpoint.interface["bedrock-runtime"].service_name, ".bedrock-runtime") && length(aws_vpc_endpoint.interface) == 5
    error_message = "Models are asked by an endpoint of their own, where nothing else may be asked of Bedrock."
  }
}

# With a program that reads in AWS, and so asks more services, and more of those that are asked anyway.
run "with_a_reader" {
  variables {
    actions = ["ecs:ListServices", "cloudwatch:DescribeAlarms", "logs:FilterLogEvents", "ecs:DescribeServices", "ecr:DescribeImages", "secretsmanager:ListSecrets", "ce:GetCostAndUsage"]
  }

  module {
    source = "./modules/endpoints"
  }

  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ecs", "monitoring"])
    error_message = "Each service that is asked has an endpoint, but that of the costs, which has none in the region."
  }
  assert {
    condition = { for service in ["ecr.dkr", "ecs", "logs", "monitoring", "secretsmanager"] : service => jsondecode(aws_vpc_endpoint.interface[service].policy).Statement[0].Action } == {
      "ecr.dkr"        = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
      "ecs"            = ["ecs:DescribeServices", "ecs:ListServices"]
      "logs"           = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:FilterLogEvents"]
      "monitoring"     = ["cloudwatch:DescribeAlarms"]
      "secretsmanager" = ["secretsmanager:GetSecretValue", "secretsmanager:ListSecrets"]
    }
    error_message = "Nothing else may be asked there."
  }
}
