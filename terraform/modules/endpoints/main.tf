# How private subnets without NAT reach AWS: an endpoint for each service that a Fargate task of ours talks to, and what may be asked there.
locals {
  actions = {
    "ecr.api"        = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    "ecr.dkr"        = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    "logs"           = ["logs:CreateLogStream", "logs:PutLogEvents"]
    "secretsmanager" = ["secretsmanager:GetSecretValue"]
  }
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
