# How private subnets without NAT reach AWS: an endpoint for each service that a Fargate task of ours talks to, and what may be asked there.
locals {
  starting = {
    "ecr.api"        = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    "ecr.dkr"        = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    "logs"           = ["logs:CreateLogStream", "logs:PutLogEvents"]
    "secretsmanager" = ["secretsmanager:GetSecretValue"]
  }

  # The endpoint of a service, by how its actions begin, where that is another word. What costs are has none.
  named = { bedrock = "bedrock-runtime", cloudwatch = "monitoring", ecr = "ecr.api" }
  asked = { for action in var.actions : lookup(local.named, split(":", action)[0], split(":", action)[0]) => action... if split(":", action)[0] != "ce" }

  actions = { for service in distinct(concat(keys(local.starting), keys(local.asked))) :
  service => concat(lookup(local.starting, service, []), sort(lookup(local.asked, service, []))) }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.actions

  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = var.subnet_ids
  security_group_ids  = [var.security_group_id]
  tags                = { Name = "${var.name}-${each.key}" }

  # Only this account's identities, so that nobody's stolen keys are of use through it.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = each.value
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalAccount" = var.account } }
    }]
  })
}
