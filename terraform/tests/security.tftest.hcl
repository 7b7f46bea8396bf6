# Security groups: who may talk to whom, and that there is nothing else.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name           = "shop-test"
  region         = "us-east-1"
  vpc_id         = "vpc-1"
  ports          = { products = 8081, orders = 8082 }
  databases      = ["products", "orders"]
  calls          = { products = [], orders = ["products"] }
  private_access = "endpoints"
}

run "connections" {
  module {
    source = "./modules/security"
  }

  assert {
    condition = { for name, rule in aws_vpc_security_group_ingress_rule.connection : name => rule.from_port } == {
      balancer-products  = 8081
      balancer-orders    = 8082
      products-database  = 5432
      orders-database    = 5432
      orders-products    = 8081
      products-endpoints = 443
      orders-endpoints   = 443
    }
    error_message = "These connections there are, and no others."
  }
  assert {
    condition     = alltrue([for rule in concat(values(aws_vpc_security_group_ingress_rule.connection), values(aws_vpc_security_group_egress_rule.connection)) : rule.from_port == rule.to_port && rule.ip_protocol == "tcp"])
    error_message = "Each rule is for one port."
  }
  assert {
    condition     = alltrue([for rule in concat(values(aws_vpc_security_group_ingress_rule.connection), values(aws_vpc_security_group_egress_rule.connection)) : rule.referenced_security_group_id != null && rule.cidr_ipv4 == null])
    error_message = "Groups name each other, not addresses."
  }
  assert {
    condition     = alltrue([for name, rule in aws_vpc_security_group_ingress_rule.connection : aws_vpc_security_group_egress_rule.connection[name].security_group_id == rule.referenced_security_group_id && aws_vpc_security_group_egress_rule.connection[name].referenced_security_group_id == rule.security_group_id && aws_vpc_security_group_egress_rule.connection[name].from_port == rule.from_port])
    error_message = "What one group lets out the other lets in."
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.connection : rule.referenced_security_group_id if rule.security_group_id == aws_security_group.part["database"].id]) == toset([aws_security_group.part["products"].id, aws_security_group.part["orders"].id])
    error_message = "Only the two services reach the database."
  }
  assert {
    condition     = { for rule in aws_vpc_security_group_ingress_rule.public : tostring(rule.from_port) => rule.cidr_ipv4 } == { "80" = "0.0.0.0/0", "443" = "0.0.0.0/0" }
    error_message = "The world reaches 80 and 443."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.public : rule.security_group_id == aws_security_group.part["balancer"].id && rule.from_port == rule.to_port])
    error_message = "And these on the balancer alone."
  }
  assert {
    condition     = length(aws_vpc_security_group_egress_rule.nat) == 0
    error_message = "With endpoints no task reaches the internet."
  }
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.s3 : rule.prefix_list_id == "pl-63a5400a" && rule.from_port == 443 && rule.to_port == 443])
    error_message = "S3 is reached by its list of addresses, on 443."
  }
  assert {
    condition     = alltrue([for group in aws_security_group.part : length(group.ingress) == 0 && length(group.egress) == 0])
    error_message = "No rule is written into a group itself."
  }
}

run "nat" {
  variables {
    private_access = "nat"
  }

  module {
    source = "./modules/security"
  }

  assert {
    condition = (
      toset(keys(aws_vpc_security_group_egress_rule.nat)) == toset(["products", "orders"]) &&
      alltrue([for rule in aws_vpc_security_group_egress_rule.nat : rule.from_port == 443 && rule.to_port == 443 && rule.ip_protocol == "tcp"])
    )
    error_message = "Behind NAT the tasks, and nobody else, may go out on 443."
  }
  assert {
    condition     = !anytrue([for name in keys(aws_vpc_security_group_ingress_rule.connection) : endswith(name, "-endpoints")])
    error_message = "Without endpoints nothing is open to them."
  }
}

run "without_a_database" {
  variables {
    ports     = { products = 8081, orders = 8082, lookout = 8083 }
    databases = ["products", "orders"]
    calls     = { products = [], orders = ["products"], lookout = [] }
  }

  module {
    source = "./modules/security"
  }

  assert {
    condition     = toset([for name in keys(aws_vpc_security_group_ingress_rule.connection) : name if strcontains(name, "lookout")]) == toset(["balancer-lookout", "lookout-endpoints"])
    error_message = "Who has no database has no way to one."
  }
}

run "with_a_table" {
  variables {
    tables = ["orders"]
  }

  module {
    source = "./modules/security"
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.dynamodb) == ["orders"] && aws_vpc_security_group_egress_rule.dynamodb["orders"].prefix_list_id == "pl-63a5400a" && aws_vpc_security_group_egress_rule.dynamodb["orders"].to_port == 443
    error_message = "Who keeps something in DynamoDB reaches it by its list of addresses, and nobody else does."
  }
}

run "third_service" {
  variables {
    ports = { products = 8081, orders = 8082, reviews = 8083 }
    calls = { products = [], orders = ["products"], reviews = ["orders"] }
  }

  module {
    source = "./modules/security"
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.connection["reviews-orders"].from_port == 8082 &&
      !contains(keys(aws_vpc_security_group_ingress_rule.connection), "reviews-products")
    )
    error_message = "A third service reaches what it calls, on that one's port, and nothing else."
  }
}
