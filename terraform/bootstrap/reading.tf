# The policy of those who look: how each kind of thing that the root makes is set up. No data, no secret, nothing that changes.
resource "aws_iam_policy" "reading" {
  name        = "${var.project}-reading"
  description = "What terraform plan reads: how things are set up, no data and no secret"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "HowThingsAreSetUp"
        Effect = "Allow"
        Action = [
          "acm:DescribeCertificate", "acm:ListTagsForCertificate",
          "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
          "application-autoscaling:DescribeScheduledActions", "application-autoscaling:ListTagsForResource",
          "bedrock:GetGuardrail", "bedrock:ListTagsForResource",
          "ce:GetAnomalyMonitors", "ce:GetAnomalySubscriptions", "ce:ListTagsForResource",
          "cloudfront:GetDistribution", "cloudfront:GetOriginAccessControl", "cloudfront:GetResponseHeadersPolicy",
          "cloudfront:ListTagsForResource",
          "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
          "cognito-identity:DescribeIdentityPool", "cognito-identity:GetIdentityPoolRoles",
          "cognito-idp:DescribeUserPoolDomain",
          "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource",
          "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeAvailabilityZones", "ec2:DescribeFlowLogs",
          "ec2:DescribeInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:DescribeNatGateways", "ec2:DescribeNetworkAcls",
          "ec2:DescribePrefixLists", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules",
          "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
          "ec2:GetManagedPrefixListEntries",
          "ecs:DescribeClusters", "ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:ListTagsForResource",
          "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
          "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes",
          "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags",
          "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:GetLoadBalancerWebACL",
          "kms:ListAliases",
          "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetDelivery", "logs:GetDeliveryDestination",
          "logs:GetDeliverySource", "logs:ListTagsForResource",
          "rds:DescribeDBInstances", "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:DescribeDBSnapshots",
          "rds:DescribeDBSubnetGroups",
          "rds:ListTagsForResource",
          "route53:GetHostedZone", "route53:ListResourceRecordSets",
          "rum:GetAppMonitor", "rum:ListTagsForResource",
          "servicediscovery:GetNamespace", "servicediscovery:GetService", "servicediscovery:ListTagsForResource",
          "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource",
          "wafv2:GetIPSet", "wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:GetWebACLForResource",
          "wafv2:ListTagsForResource",
        ]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = [var.region, "us-east-1"] } } # Route 53, costs and what CloudFront is told are in us-east-1
      },
      {
        Sid       = "Slack"
        Effect    = "Allow"
        Action    = ["chatbot:DescribeSlackChannelConfigurations", "chatbot:ListTagsForResource"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = "us-east-2" } }
      },
      {
        Sid       = "BackupsElsewhere"
        Effect    = "Allow"
        Action    = ["kms:ListAliases", "rds:DescribeDBInstanceAutomatedBackups"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = length(local.backup_regions) == 0 ? [var.region] : sort(local.backup_regions) } }
      },
      {
        Sid      = "Budget"
        Effect   = "Allow"
        Action   = ["budgets:ListTagsForResource", "budgets:ViewBudget"]
        Resource = "arn:aws:budgets::${local.account}:budget/${var.project}-*"
      },
      {
        Sid    = "Roles"
        Effect = "Allow"
        Action = [
          "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListRoleTags",
        ]
        Resource = "arn:aws:iam::${local.account}:role/${var.project}-*/*"
      },
      {
        Sid    = "Buckets"
        Effect = "Allow"
        Action = [
          "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging",
          "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy",
          "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging", "s3:GetBucketVersioning",
          "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
          "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListTagsForResource",
        ]
        Resource = [for what in ["logs", "web"] : "arn:aws:s3:::${var.project}-*-${what}-${local.account}"]
      },
      {
        # What a page is told everybody may read.
        Sid      = "WhatPagesAreTold"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectTagging"]
        Resource = "arn:aws:s3:::${var.project}-*-web-${local.account}/config.json"
      },
      {
        Sid      = "WhatTheSecretsAre"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"]
        Resource = "arn:aws:secretsmanager:${var.region}:${local.account}:secret:${var.project}-*"
      },
      {
        # A client is read with its secret, if it has one: those of strangers are not looked at.
        Sid    = "SignIn"
        Effect = "Allow"
        Action = [
          "cognito-idp:DescribeManagedLoginBranding", "cognito-idp:DescribeManagedLoginBrandingByClient",
          "cognito-idp:DescribeResourceServer", "cognito-idp:DescribeRiskConfiguration", "cognito-idp:DescribeUserPool",
          "cognito-idp:DescribeUserPoolClient", "cognito-idp:GetGroup", "cognito-idp:GetUserPoolMfaConfig",
          "cognito-idp:ListUserPoolClients",
        ]
        Resource  = "arn:aws:cognito-idp:${var.region}:${local.account}:userpool/*"
        Condition = { StringEquals = { "aws:ResourceTag/project" = var.project } }
      },
      {
        Sid      = "Keys"
        Effect   = "Allow"
        Action   = ["kms:DescribeKey"]
        Resource = [for region in sort(concat([var.region], tolist(local.backup_regions))) : "arn:aws:kms:${region}:${local.account}:key/*"]
      },
      {
        Sid      = "Repositories"
        Effect   = "Allow"
        Action   = ["ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:ListTagsForResource"]
        Resource = "arn:aws:ecr:${var.region}:${local.account}:repository/${var.project}/*"
      },
    ]
  })
}
