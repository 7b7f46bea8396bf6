# The network: who is public, how the rest reaches AWS, what an unnamed security group lets through.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                 = "shop-test"
  region               = "us-east-1"
  account              = "123456789012"
  cidr                 = "10.20.0.0/16"
  zones                = ["us-east-1a", "us-east-1b", "us-east-1c"]
  private_access       = "nat"
  key_arn              = "arn:aws:kms:us-east-1:123456789012:key/mock"
  log_retention_days   = 365
  permissions_boundary = "arn:aws:iam::123456789012:policy/shop-test-boundary"
}

run "nat" {
  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.private) == 3
    error_message = "Each zone has a public and a private subnet."
  }
  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.map_public_ip_on_launch == false])
    error_message = "No subnet hands out public addresses by itself."
  }
  assert {
    condition     = length(distinct([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.cidr_block])) == 6
    error_message = "No two subnets share addresses."
  }
  assert {
    condition     = alltrue([for link in aws_route_table_association.private : link.route_table_id == aws_route_table.private.id])
    error_message = "Private subnets have the private table of routes."
  }
  assert {
    condition = (
      aws_route.internet.route_table_id == aws_route_table.public.id &&
      aws_route.internet.gateway_id == aws_internet_gateway.main.id
    )
    error_message = "Only the public table leads to the internet gateway."
  }
  assert {
    condition = (
      length(aws_nat_gateway.main) == 1 &&
      aws_route.nat[0].route_table_id == aws_route_table.private.id &&
      aws_route.nat[0].nat_gateway_id == aws_nat_gateway.main[0].id
    )
    error_message = "One NAT gateway is the private subnets' way out."
  }
  assert {
    condition     = aws_nat_gateway.main[0].subnet_id == aws_subnet.public["us-east-1a"].id
    error_message = "The NAT gateway stands in a public subnet."
  }
  assert {
    condition = (
      aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" &&
      contains(aws_vpc_endpoint.s3.route_table_ids, aws_route_table.private.id)
    )
    error_message = "S3 is reached through its free gateway."
  }
  assert {
    condition     = jsondecode(aws_vpc_endpoint.s3.policy).Statement[0].Action == ["s3:GetObject"]
    error_message = "Through the S3 gateway nothing can be carried out."
  }
  assert {
    condition = (
      aws_flow_log.main.traffic_type == "ALL" &&
      aws_flow_log.main.log_destination == aws_cloudwatch_log_group.flows.arn
    )
    error_message = "All flows are logged."
  }
  assert {
    condition = (
      aws_cloudwatch_log_group.flows.kms_key_id == var.key_arn &&
      aws_cloudwatch_log_group.flows.retention_in_days == 365
    )
    error_message = "The log of flows is encrypted and ends some day."
  }
  assert {
    condition = (
      aws_iam_role.flows.permissions_boundary == var.permissions_boundary &&
      aws_iam_role.flows.path == "/shop-test/"
    )
    error_message = "The role that writes flows is within the boundary."
  }
}

run "endpoints" {
  variables {
    private_access = "endpoints"
    zones          = ["us-east-1a", "us-east-1b"]
  }

  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_nat_gateway.main) == 0 && length(aws_route.nat) == 0 && length(aws_eip.nat) == 0
    error_message = "With endpoints there is no way to the internet."
  }
  assert {
    condition     = length(aws_vpc_endpoint.dynamodb) == 0
    error_message = "Without a table there is no way to one."
  }
}

run "tables" {
  variables {
    table_arns = ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-test-desk"]
  }

  module {
    source = "./modules/network"
  }

  assert {
    condition     = aws_vpc_endpoint.dynamodb[0].vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.dynamodb[0].route_table_ids == toset([aws_route_table.private.id])
    error_message = "DynamoDB is reached by a gateway, which costs nothing."
  }
  assert {
    condition = (
      jsondecode(aws_vpc_endpoint.dynamodb[0].policy).Statement[0].Resource == ["arn:aws:dynamodb:us-east-1:123456789012:table/shop-test-desk", "arn:aws:dynamodb:us-east-1:123456789012:table/shop-test-desk/index/*"] &&
      jsondecode(aws_vpc_endpoint.dynamodb[0].policy).Statement[0].Condition == { StringEquals = { "aws:PrincipalAccount" = "123456789012" } }
    )
    error_message = "Through it only our tables are reached, by this account."
  }
}
