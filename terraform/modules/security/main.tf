# Who may talk to whom: a security group for each part, and a list of the connections there are. Each connection is two rules, out of
# one group and into the other, that name each other and one port.
locals {
  services = keys(var.ports)

  connections = concat(
    [for service, port in var.ports : { from = "balancer", to = service, port = port }],
    [for service in var.databases : { from = service, to = "database", port = 5432 }],
    flatten([for service, called in var.calls : [for other in called : { from = service, to = other, port = var.ports[other] }]]),
    var.private_access == "endpoints" ? [for service in local.services : { from = service, to = "endpoints", port = 443 }] : [],
  )
  by_name = { for connection in local.connections : "${connection.from}-${connection.to}" => connection }
}

resource "aws_security_group" "part" {
  # checkov:skip=CKV2_AWS_5:Attached in the module of each part
  for_each = toset(concat(["balancer", "database", "endpoints"], local.services))

  name        = "${var.name}-${each.key}"
  description = "${var.name}: ${each.key}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_egress_rule" "connection" {
  for_each = local.by_name

  security_group_id            = aws_security_group.part[each.value.from].id
  referenced_security_group_id = aws_security_group.part[each.value.to].id
  description                  = "to ${each.value.to}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_ingress_rule" "connection" {
  for_each = local.by_name

  security_group_id            = aws_security_group.part[each.value.to].id
  referenced_security_group_id = aws_security_group.part[each.value.from].id
  description                  = "from ${each.value.from}"
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# ---- The outside ----

# Everybody reaches the balancer; who is served, the firewall before it says (allowed_addresses).
resource "aws_vpc_security_group_ingress_rule" "public" {
  # checkov:skip=CKV_AWS_260:Port 80 only sends to 443
  for_each = { http = 80, https = 443 }

  security_group_id = aws_security_group.part["balancer"].id
  description       = "${each.key} from everywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

# The layers of images come from S3, by its list of addresses.
data "aws_ec2_managed_prefix_list" "s3" {
  name = "com.amazonaws.${var.region}.s3"
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  for_each = toset(local.services)

  security_group_id = aws_security_group.part[each.key].id
  description       = "to S3"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.s3.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# So do tables of DynamoDB, by their own list.
data "aws_ec2_managed_prefix_list" "dynamodb" {
  count = length(var.tables) > 0 ? 1 : 0
  name  = "com.amazonaws.${var.region}.dynamodb"
}

resource "aws_vpc_security_group_egress_rule" "dynamodb" {
  for_each = toset(var.tables)

  security_group_id = aws_security_group.part[each.key].id
  description       = "to DynamoDB"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.dynamodb[0].id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Behind a NAT gateway AWS is somewhere on the internet, under addresses that no list names. With endpoints there is no such rule.
resource "aws_vpc_security_group_egress_rule" "nat" {
  for_each = var.private_access == "nat" ? toset(local.services) : toset([])

  security_group_id = aws_security_group.part[each.key].id
  description       = "to AWS, through NAT"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
