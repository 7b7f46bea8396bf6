# What the pipeline changes, a policy a subject, each within AWS's 6,144 characters (a test counts).
locals {
  here = { StringEquals = { "aws:RequestedRegion" = var.region } }

  policies = {
    bounds   = local.may_bounds
    state    = local.may_state
    network  = local.may_network
    balancer = local.may_balancer
    services = local.may_services
    data     = local.may_data
    roles    = local.may_roles
  }

  # dev's pipeline can't touch prod: whatever carries another environment's tag is out of reach, also where a name can't be given.
  may_bounds = [{
    Sid      = "NothingOfAnotherEnvironment"
    Effect   = "Deny"
    Action   = "*"
    Resource = "*"
    Condition = {
      StringNotEquals = { "aws:ResourceTag/environment" = var.name }
      Null            = { "aws:ResourceTag/environment" = "false" }
    }
  }]

  may_state = [
    {
      Sid      = "FindTheState"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = var.state_bucket_arn
    },
    {
      Sid      = "State"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${var.state_bucket_arn}/${var.name}/*"
    },
    {
      Sid      = "Lock"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject"]
      Resource = "${var.state_bucket_arn}/${var.name}/*.tflock"
    },
    {
      Sid      = "SignInToTheRegistry"
      Effect   = "Allow"
      Action   = ["ecr:GetAuthorizationToken"]
      Resource = "*"
    },
    {
      Sid    = "Images"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImageScanFindings",
        "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:ListImages", "ecr:PutImage", "ecr:UploadLayerPart",
      ]
      Resource = var.repository_arns
    },
  ]

  may_network = [{
    Sid    = "Network"
    Effect = "Allow"
    Action = [
      "ec2:AllocateAddress", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateNatGateway",
      "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags",
      "ec2:CreateVpc", "ec2:CreateVpcEndpoint", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteNatGateway",
      "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags",
      "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]
    Resource  = "*"
    Condition = local.here
    },
    {
      Sid    = "NamesInTheNetwork"
      Effect = "Allow"
      Action = [
        "servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:CreateService", "servicediscovery:DeleteNamespace",
        "servicediscovery:DeleteService", "servicediscovery:DeregisterInstance", "servicediscovery:TagResource",
        "servicediscovery:UntagResource", "servicediscovery:UpdatePrivateDnsNamespace", "servicediscovery:UpdateService",
      ]
      Resource  = "*"
      Condition = local.here
    },
    {
      # Cloud Map makes and removes its zone in the caller's name; it has no number before.
      Sid      = "ZoneOfTheNetwork"
      Effect   = "Allow"
      Action   = ["route53:AssociateVPCWithHostedZone", "route53:CreateHostedZone", "route53:DeleteHostedZone"]
      Resource = "*"
    },
    {
      Sid      = "ButNotTheZonesOfOthers"
      Effect   = "Deny"
      Action   = ["route53:DeleteHostedZone"]
      Resource = length(var.zone_ids) == 0 ? ["arn:aws:route53:::hostedzone/none"] : [for id in var.zone_ids : "arn:aws:route53:::hostedzone/${id}"]
  }]

  may_balancer = concat([
    {
      Sid    = "Balancer"
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateRule", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
        "elasticloadbalancing:SetWebAcl",
      ]
      Resource = [for what in ["loadbalancer/app/${local.prefix}", "listener/app/${local.prefix}", "listener-rule/app/${local.prefix}", "targetgroup/${local.prefix}-*"] : "${local.arn.elasticloadbalancing}:${what}/*"]
    },
    {
      # Certificates have no names.
      Sid       = "Certificate"
      Effect    = "Allow"
      Action    = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:RequestCertificate"]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid    = "Firewall"
      Effect = "Allow"
      Action = [
        "wafv2:AssociateWebACL", "wafv2:CreateIPSet", "wafv2:CreateWebACL", "wafv2:DeleteIPSet",
        "wafv2:DeleteLoggingConfiguration", "wafv2:DeleteWebACL", "wafv2:DisassociateWebACL",
        "wafv2:PutLoggingConfiguration", "wafv2:TagResource", "wafv2:UntagResource", "wafv2:UpdateIPSet", "wafv2:UpdateWebACL",
      ]
      Resource = [
        "${local.arn.wafv2}:regional/ipset/${local.prefix}-*/*", "${local.arn.wafv2}:regional/webacl/${local.prefix}/*",
        "${local.arn.wafv2}:regional/managedruleset/*/*", "${local.arn.elasticloadbalancing}:loadbalancer/app/${local.prefix}/*",
      ]
    },
    {
      Sid    = "LogBucket"
      Effect = "Allow"
      Action = [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject", "s3:DeleteObjectVersion",
        "s3:ListBucketVersions", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
        "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
        "s3:TagResource", "s3:UntagResource",
      ]
      Resource = ["arn:aws:s3:::${local.prefix}-logs-${var.account}", "arn:aws:s3:::${local.prefix}-logs-${var.account}/*"]
    }],
    length(var.zone_ids) == 0 ? [] : [{
      Sid      = "Names"
      Effect   = "Allow"
      Action   = ["route53:ChangeResourceRecordSets"]
      Resource = [for id in var.zone_ids : "arn:aws:route53:::hostedzone/${id}"]
  }])

  may_services = [
    {
      Sid    = "Cluster"
      Effect = "Allow"
      Action = [
        "ecs:CreateCluster", "ecs:CreateService", "ecs:DeleteCluster", "ecs:DeleteService", "ecs:PutClusterCapacityProviders",
        "ecs:RunTask", "ecs:StopTask", "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCluster", "ecs:UpdateClusterSettings",
        "ecs:UpdateService",
      ]
      Resource = [
        "${local.arn.ecs}:cluster/${local.prefix}", "${local.arn.ecs}:service/${local.prefix}/*",
        "${local.arn.ecs}:task/${local.prefix}/*", "${local.arn.ecs}:task-definition/${local.prefix}-*:*",
      ]
    },
    {
      Sid       = "TaskDefinitions"
      Effect    = "Allow"
      Action    = ["ecs:DeregisterTaskDefinition", "ecs:RegisterTaskDefinition"]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid    = "Scaling"
      Effect = "Allow"
      Action = [
        "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction",
        "application-autoscaling:DeregisterScalableTarget", "application-autoscaling:PutScalingPolicy",
        "application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:TagResource", "application-autoscaling:UntagResource",
      ]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid    = "LogGroups"
      Effect = "Allow"
      Action = [
        "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutRetentionPolicy",
        "logs:TagResource", "logs:UntagResource",
      ]
      Resource = [for group in ["/${local.prefix}/*", "aws-waf-logs-${local.prefix}", "/aws/rds/instance/${local.prefix}/*", "/aws/ecs/containerinsights/${local.prefix}/*"] : "${local.arn.logs}:log-group:${group}:*"]
    },
    {
      Sid    = "LogDelivery"
      Effect = "Allow"
      Action = [
        "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DeleteResourcePolicy", "logs:GetLogDelivery",
        "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
      ]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid      = "Alarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
      Resource = "${local.arn.cloudwatch}:alarm:${local.prefix}-*"
    },
    {
      Sid      = "Dashboard"
      Effect   = "Allow"
      Action   = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"]
      Resource = "arn:aws:cloudwatch::${var.account}:dashboard/${local.prefix}"
    },
    {
      Sid    = "Topic"
      Effect = "Allow"
      Action = [
        "sns:CreateTopic", "sns:DeleteTopic", "sns:SetSubscriptionAttributes", "sns:SetTopicAttributes", "sns:Subscribe",
        "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource",
      ]
      Resource = ["${local.arn.sns}:${local.prefix}-alarms", "${local.arn.sns}:${local.prefix}-alarms:*"]
    },
    {
      Sid      = "Budget"
      Effect   = "Allow"
      Action   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
      Resource = "arn:aws:budgets::${var.account}:budget/${local.prefix}"
    },
  ]

  may_data = [
    {
      Sid    = "Database"
      Effect = "Allow"
      Action = [
        "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBParameterGroup", "rds:CreateDBSnapshot",
        "rds:CreateDBSubnetGroup", "rds:DeleteDBInstance", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup",
        "rds:ModifyDBInstance", "rds:ModifyDBParameterGroup", "rds:ModifyDBSubnetGroup", "rds:RebootDBInstance",
        "rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup",
      ]
      Resource = [for what in ["db:${local.prefix}", "pg:${local.prefix}-*", "subgrp:${local.prefix}", "og:default:*", "snapshot:${local.prefix}-*"] : "${local.arn.rds}:${what}"]
    },
    {
      # RDS keeps the master's password in a secret that it makes in the caller's name.
      Sid      = "MasterSecret"
      Effect   = "Allow"
      Action   = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
      Resource = "${local.arn.secretsmanager}:secret:rds!db-*"
    },
    {
      Sid       = "KeyForServices"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = aws_kms_key.main.arn
      Condition = { "ForAnyValue:StringEquals" = { "kms:ViaService" = [for service in ["rds", "secretsmanager", "sns"] : "${service}.${var.region}.amazonaws.com"] } }
    },
  ]

  may_roles = [
    {
      Sid       = "RolesWithinTheBoundary"
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = "arn:aws:iam::${var.account}:role/${local.prefix}/*"
      Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.boundary.arn } }
    },
    {
      Sid    = "Roles"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
      ]
      Resource = "arn:aws:iam::${var.account}:role/${local.prefix}/*"
    },
    {
      Sid       = "HandRolesOn"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = "arn:aws:iam::${var.account}:role/${local.prefix}/*"
      Condition = { StringEquals = { "iam:PassedToService" = ["ecs-tasks.amazonaws.com", "monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"] } }
    },
    {
      Sid      = "RolesThatServicesMakeThemselves"
      Effect   = "Allow"
      Action   = ["iam:CreateServiceLinkedRole"]
      Resource = "arn:aws:iam::${var.account}:role/aws-service-role/*"
      Condition = { StringEquals = { "iam:AWSServiceName" = [
        "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com", "wafv2.amazonaws.com",
      ] } }
    },
  ]
}
