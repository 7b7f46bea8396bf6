# The endpoints, which are there instead of NAT.
mock_provider "aws" {
  source = "./tests/mocks"
}

run "endpoints" {
  variables {
    name              = "shop-test"
    region            = "us-east-1"
    account           = "123456789012"
    vpc_id            = "vpc-1"
    subnet_ids        = ["subnet-private-a"]
    security_group_id = "sg-endpoints"
  }

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
