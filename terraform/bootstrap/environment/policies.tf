# What the pipeline changes, a policy a subject, each within AWS's 6,144 characters. terraform/tests/actions.yml says which of it is needed
# for what, and rights.mjs finds what is missing, too wide or superfluous.
#
# What has a name in its ARN is bounded by that; what has only a number by its tags, both, since others have an environment "dev" too.
# A name bounds better: it holds before there are tags, and where tagging failed half way.
locals {
  here      = { StringEquals = { "aws:RequestedRegion" = var.region } }
  ours      = { StringEquals = { for key, value in local.tags : "aws:ResourceTag/${key}" => value } }
  made_ours = { StringEquals = { for key, value in local.tags : "aws:RequestTag/${key}" => value } }
  tags      = { project = var.project, environment = var.name }

  policies = merge({
    bounds   = local.may_bounds
    state    = local.may_state
    network  = local.may_network
    balancer = local.may_balancer
    services = concat(local.may_services, local.may_sign_in, local.may_guard)
    watching = local.may_watching
    data     = local.may_data
    roles    = local.may_roles
  }, anytrue([for service in var.services : service.web]) ? { web = concat(local.may_web, local.may_measure) } : {})

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
      # Only to look at what it deploys: another role pushes.
      Sid      = "Images"
      Effect   = "Allow"
      Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource = var.repository_arns
    },
  ]

  may_network = [
    {
      Sid    = "MakeTheNetwork"
      Effect = "Allow"
      Action = [
        "ec2:AllocateAddress", "ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateNatGateway", "ec2:CreateRouteTable",
        "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateVpc", "ec2:CreateVpcEndpoint",
      ]
      Resource  = "${local.arn.ec2}:*"
      Condition = local.made_ours
    },
    {
      # Or whatever has no tag could be made ours.
      Sid      = "TagWhatIsMade"
      Effect   = "Allow"
      Action   = ["ec2:CreateTags"]
      Resource = "${local.arn.ec2}:*"
      Condition = { StringEquals = merge(local.made_ours.StringEquals, { "ec2:CreateAction" = [
        "AllocateAddress", "CreateFlowLogs", "CreateInternetGateway", "CreateNatGateway", "CreateRouteTable", "CreateSecurityGroup",
        "CreateSubnet", "CreateVpc", "CreateVpcEndpoint",
      ] }) }
    },
    {
      # With what is made in a network of ours: to make a subnet is something done to its network too.
      Sid    = "ChangeTheNetwork"
      Effect = "Allow"
      Action = [
        "ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateFlowLogs", "ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup",
        "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpcEndpoint", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway",
        "ec2:DeleteNatGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet",
        "ec2:DeleteTags", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DisassociateAddress",
        "ec2:DisassociateRouteTable", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation",
        "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      ]
      Resource  = "${local.arn.ec2}:*"
      Condition = local.ours
    },
    {
      # A rule has no tag when it is made, and S3's list of addresses is AWS's: the group beside them is what has to be ours.
      Sid    = "RulesOfOurGroups"
      Effect = "Allow"
      Action = ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules"]
      Resource = [
        "${local.arn.ec2}:security-group-rule/*", "arn:aws:ec2:${var.region}:aws:prefix-list/*",
      ]
    },
    {
      Sid       = "TagRules"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = "${local.arn.ec2}:security-group-rule/*"
      Condition = local.made_ours
    },
    {
      # The NAT gateway's, which AWS makes: the address beside it has to be ours.
      Sid      = "AddressOfTheGateway"
      Effect   = "Allow"
      Action   = ["ec2:DisassociateAddress"]
      Resource = "${local.arn.ec2}:network-interface/*"
    },
    {
      Sid    = "LookAtTheNetwork"
      Effect = "Allow"
      Action = [
        "ec2:DescribeAccountAttributes", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRegions", "ec2:GetSecurityGroupsForVpc",
      ]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid       = "MakeNames"
      Effect    = "Allow"
      Action    = ["servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:CreateService"]
      Resource  = "*"
      Condition = { StringEquals = merge(local.here.StringEquals, local.made_ours.StringEquals) }
    },
    {
      Sid    = "ChangeNames"
      Effect = "Allow"
      Action = [
        "servicediscovery:CreateService", "servicediscovery:DeleteNamespace", "servicediscovery:DeleteService",
        "servicediscovery:DeregisterInstance", "servicediscovery:GetOperation", "servicediscovery:ListInstances",
        "servicediscovery:UpdatePrivateDnsNamespace", "servicediscovery:UpdateService",
      ]
      Resource  = "${local.arn.servicediscovery}:*"
      Condition = local.ours
    },
    {
      Sid       = "TagNames"
      Effect    = "Allow"
      Action    = ["servicediscovery:TagResource", "servicediscovery:UntagResource"]
      Resource  = "*"
      Condition = merge(local.here, { StringEqualsIfExists = local.made_ours.StringEquals })
    },
    {
      # Cloud Map makes the zone of its names in the caller's name, and an endpoint joins AWS's own.
      Sid      = "ZoneOfTheNetwork"
      Effect   = "Allow"
      Action   = ["route53:AssociateVPCWithHostedZone", "route53:CreateHostedZone", "route53:ListHostedZonesByName"]
      Resource = "*"
    },
    {
      # Never by itself: a zone has neither a name nor tags to tell whose it is.
      Sid       = "ZoneOfTheNetworkGoesWithIt"
      Effect    = "Allow"
      Action    = ["route53:DeleteHostedZone"]
      Resource  = "*"
      Condition = { Bool = { "aws:ViaAWSService" = "true" } }
    },
  ]

  may_balancer = concat([
    {
      Sid    = "Balancer"
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer",
        "elasticloadbalancing:CreateRule", "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:CreateWebACLAssociation",
        "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule",
        "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:DeleteWebACLAssociation",
        "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
      ]
      Resource = [for what in ["loadbalancer/app/${local.prefix}", "listener/app/${local.prefix}", "listener-rule/app/${local.prefix}", "targetgroup/${local.prefix}-*"] : "${local.arn.elasticloadbalancing}:${what}/*"]
    },
    {
      Sid       = "FirewallOfTheBalancer"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:SetWebAcl"]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid       = "MakeTheCertificate"
      Effect    = "Allow"
      Action    = ["acm:AddTagsToCertificate", "acm:RequestCertificate"]
      Resource  = "*"
      Condition = { StringEquals = merge(local.here.StringEquals, local.made_ours.StringEquals) }
    },
    {
      Sid       = "Certificate"
      Effect    = "Allow"
      Action    = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate"]
      Resource  = "${local.arn.acm}:certificate/*"
      Condition = local.ours
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
    [for statement in [
      {
        Sid      = "Names"
        Effect   = "Allow"
        Action   = ["route53:ChangeResourceRecordSets"]
        Resource = [for id in var.zone_ids : "arn:aws:route53:::hostedzone/${id}"]
      },
      {
        Sid      = "UntilTheyAreKnown"
        Effect   = "Allow"
        Action   = ["route53:GetChange"]
        Resource = ["arn:aws:route53:::change/*"]
      },
  ] : statement if length(var.zone_ids) > 0])

  may_services = [
    {
      Sid    = "Cluster"
      Effect = "Allow"
      Action = [
        "ecs:ContinueServiceDeployment", "ecs:CreateCluster", "ecs:CreateService", "ecs:DeleteCluster", "ecs:DeleteService",
        "ecs:DescribeServiceDeployments", "ecs:DescribeTasks", "ecs:ListServiceDeployments", "ecs:StopTask",
        "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCluster", "ecs:UpdateService",
      ]
      Resource = [
        "${local.arn.ecs}:cluster/${local.prefix}", "${local.arn.ecs}:service/${local.prefix}/*", "${local.arn.ecs}:service-deployment/${local.prefix}/*",
        "${local.arn.ecs}:task/${local.prefix}/*", "${local.arn.ecs}:task-definition/${local.prefix}-*:*",
      ]
    },
    {
      Sid       = "RunTasks"
      Effect    = "Allow"
      Action    = ["ecs:RunTask"]
      Resource  = "${local.arn.ecs}:task-definition/${local.prefix}-*:*"
      Condition = local.in_the_cluster
    },
    {
      Sid       = "FindTasks"
      Effect    = "Allow"
      Action    = ["ecs:ListTasks"]
      Resource  = "*"
      Condition = local.in_the_cluster
    },
    {
      # AWS did not always look at its name: then the tags bound it, and ecs:TagResource above does by the name.
      Sid       = "RegisterTaskDefinitions"
      Effect    = "Allow"
      Action    = ["ecs:RegisterTaskDefinition"]
      Resource  = "*"
      Condition = { StringEquals = merge(local.here.StringEquals, local.made_ours.StringEquals) }
    },
    {
      Sid       = "DeregisterTaskDefinitions"
      Effect    = "Allow"
      Action    = ["ecs:DeregisterTaskDefinition"]
      Resource  = "*"
      Condition = local.here
    },
    {
      Sid       = "MakeScaling"
      Effect    = "Allow"
      Action    = ["application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource"]
      Resource  = "${local.arn.application-autoscaling}:scalable-target/*"
      Condition = local.made_ours
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
      Resource  = "${local.arn.application-autoscaling}:scalable-target/*"
      Condition = local.ours
    },
    {
      # Application Auto Scaling makes the alarms of its target tracking in the caller's name.
      Sid      = "AlarmsOfScaling"
      Effect   = "Allow"
      Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]
      Resource = "${local.arn.cloudwatch}:alarm:TargetTracking-service/${local.prefix}/*"
    },
  ]
  # Never the people in it: an administrator lets them in.
  may_sign_in = [
    {
      Sid       = "MakeSignIn"
      Effect    = "Allow"
      Action    = ["cognito-idp:CreateUserPool"]
      Resource  = "*"
      Condition = { StringEquals = merge(local.here.StringEquals, local.made_ours.StringEquals) }
    },
    {
      # AWS may ask for this while it is made, and a pool has only a number: so a stranger's without tags could be made ours.
      Sid       = "TagSignIn"
      Effect    = "Allow"
      Action    = ["cognito-idp:TagResource"]
      Resource  = "${local.arn.cognito-idp}:userpool/*"
      Condition = local.made_ours
    },
    {
      Sid    = "SignIn"
      Effect = "Allow"
      Action = [
        "cognito-idp:CreateGroup", "cognito-idp:CreateManagedLoginBranding", "cognito-idp:CreateResourceServer",
        "cognito-idp:CreateUserPoolClient", "cognito-idp:CreateUserPoolDomain", "cognito-idp:DeleteGroup",
        "cognito-idp:DeleteManagedLoginBranding", "cognito-idp:DeleteResourceServer", "cognito-idp:DeleteUserPool",
        "cognito-idp:DeleteUserPoolClient", "cognito-idp:DeleteUserPoolDomain", "cognito-idp:SetRiskConfiguration",
        "cognito-idp:SetUserPoolMfaConfig", "cognito-idp:TagResource", "cognito-idp:UntagResource", "cognito-idp:UpdateGroup",
        "cognito-idp:UpdateManagedLoginBranding", "cognito-idp:UpdateResourceServer", "cognito-idp:UpdateUserPool",
        "cognito-idp:UpdateUserPoolClient", "cognito-idp:UpdateUserPoolDomain",
      ]
      Resource  = "${local.arn.cognito-idp}:userpool/*"
      Condition = local.ours
    },
  ]

  # What models are asked behind: it has only a number.
  may_guard = [for statement in [
    {
      Sid       = "MakeGuardrails"
      Effect    = "Allow"
      Action    = ["bedrock:CreateGuardrail"]
      Resource  = ["*"]
      Condition = { StringEquals = merge(local.here.StringEquals, local.made_ours.StringEquals) }
    },
    {
      Sid       = "TagGuardrails"
      Effect    = "Allow"
      Action    = ["bedrock:TagResource"]
      Resource  = ["${local.arn.bedrock}:guardrail/*"]
      Condition = local.made_ours
    },
    {
      Sid    = "Guardrails"
      Effect = "Allow"
      Action = [
        "bedrock:CreateGuardrailVersion", "bedrock:DeleteGuardrail", "bedrock:TagResource", "bedrock:UntagResource", "bedrock:UpdateGuardrail",
      ]
      Resource  = ["${local.arn.bedrock}:guardrail/*"]
      Condition = local.ours
    },
  ] : statement if anytrue([for service in var.services : service.models])]

  # What measures pages in browsers.
  may_measure = [
    {
      Sid      = "Measuring"
      Effect   = "Allow"
      Action   = ["rum:CreateAppMonitor", "rum:DeleteAppMonitor", "rum:TagResource", "rum:UntagResource", "rum:UpdateAppMonitor"]
      Resource = "${local.arn.rum}:appmonitor/${local.prefix}-*"
    },
    {
      Sid       = "MakeGuests"
      Effect    = "Allow"
      Action    = ["cognito-identity:CreateIdentityPool"]
      Resource  = "*"
      Condition = { StringEquals = merge(local.here.StringEquals, local.made_ours.StringEquals) }
    },
    {
      Sid       = "TagGuests"
      Effect    = "Allow"
      Action    = ["cognito-identity:TagResource"]
      Resource  = "${local.arn.cognito-identity}:identitypool/*"
      Condition = local.made_ours
    },
    {
      Sid    = "Guests"
      Effect = "Allow"
      Action = [
        "cognito-identity:DeleteIdentityPool", "cognito-identity:TagResource", "cognito-identity:UntagResource",
        "cognito-identity:UpdateIdentityPool",
      ]
      Resource  = "${local.arn.cognito-identity}:identitypool/*"
      Condition = local.ours
    },
    {
      Sid       = "RoleOfGuests"
      Effect    = "Allow"
      Action    = ["cognito-identity:SetIdentityPoolRoles"]
      Resource  = "*"
      Condition = local.here
    },
  ]

  # The pages of services. CloudFront is told of certificates and of logs in us-east-1, wherever the rest is.
  may_web = [
    {
      Sid    = "Files"
      Effect = "Allow"
      Action = [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject", "s3:DeleteObjectVersion",
        "s3:ListBucketVersions", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
        "s3:PutObject", "s3:TagResource", "s3:UntagResource",
      ]
      Resource = ["arn:aws:s3:::${local.prefix}-*-web-${var.account}", "arn:aws:s3:::${local.prefix}-*-web-${var.account}/*"]
    },
    {
      Sid       = "MakePages"
      Effect    = "Allow"
      Action    = ["cloudfront:CreateDistribution", "cloudfront:TagResource"]
      Resource  = "*"
      Condition = local.made_ours
    },
    {
      Sid    = "Pages"
      Effect = "Allow"
      Action = [
        "cloudfront:AllowVendedLogDeliveryForResource", "cloudfront:DeleteDistribution", "cloudfront:TagResource",
        "cloudfront:UntagResource", "cloudfront:UpdateDistribution",
      ]
      Resource  = "${local.arn_cloudfront}:distribution/*"
      Condition = local.ours
    },
    {
      # Both have a number alone, and no tags.
      Sid      = "MakeHowPagesAreServed"
      Effect   = "Allow"
      Action   = ["cloudfront:CreateOriginAccessControl", "cloudfront:CreateResponseHeadersPolicy"]
      Resource = "*"
    },
    {
      Sid    = "HowPagesAreServed"
      Effect = "Allow"
      Action = [
        "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:UpdateOriginAccessControl",
        "cloudfront:UpdateResponseHeadersPolicy",
      ]
      Resource = ["${local.arn_cloudfront}:origin-access-control/*", "${local.arn_cloudfront}:response-headers-policy/*"]
    },
    {
      Sid       = "MakeTheCertificateOfAPage"
      Effect    = "Allow"
      Action    = ["acm:AddTagsToCertificate", "acm:RequestCertificate"]
      Resource  = "*"
      Condition = { StringEquals = merge(local.made_ours.StringEquals, { "aws:RequestedRegion" = "us-east-1" }) }
    },
    {
      Sid       = "CertificateOfAPage"
      Effect    = "Allow"
      Action    = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate"]
      Resource  = "arn:aws:acm:us-east-1:${var.account}:certificate/*"
      Condition = local.ours
    },
    {
      Sid    = "LogsOfPages"
      Effect = "Allow"
      Action = [
        "logs:CreateDelivery", "logs:DeleteDeliveryDestination", "logs:DeleteDeliverySource",
        "logs:PutDeliveryDestination", "logs:PutDeliverySource", "logs:TagResource", "logs:UntagResource",
        "logs:UpdateDeliveryConfiguration",
      ]
      Resource = [for kind in ["delivery-source", "delivery-destination"] : "arn:aws:logs:us-east-1:${var.account}:${kind}:${local.prefix}-*"]
    },
    {
      Sid       = "MakeDeliveriesOfLogs"
      Effect    = "Allow"
      Action    = ["logs:CreateDelivery", "logs:TagResource"]
      Resource  = "arn:aws:logs:us-east-1:${var.account}:delivery:*"
      Condition = local.made_ours
    },
    {
      Sid       = "DeliveriesOfLogs"
      Effect    = "Allow"
      Action    = ["logs:DeleteDelivery", "logs:TagResource", "logs:UntagResource", "logs:UpdateDeliveryConfiguration"]
      Resource  = "arn:aws:logs:us-east-1:${var.account}:delivery:*"
      Condition = local.ours
    },
  ]

  arn_cloudfront = "arn:aws:cloudfront::${var.account}"

  in_the_cluster = { ArnEquals = { "ecs:cluster" = "${local.arn.ecs}:cluster/${local.prefix}" } }

  may_watching = [
    {
      # Both ways to name a group: most actions want it with :*, those for tags without.
      Sid    = "LogGroups"
      Effect = "Allow"
      Action = [
        "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey", "logs:GetLogEvents", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ]
      Resource = flatten([for group in ["/${local.prefix}/*", "aws-waf-logs-${local.prefix}", "/aws/rds/instance/${local.prefix}/*"] :
      ["${local.arn.logs}:log-group:${group}", "${local.arn.logs}:log-group:${group}:*"]])
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
        "sns:CreateTopic", "sns:DeleteTopic", "sns:ListSubscriptionsByTopic", "sns:SetSubscriptionAttributes",
        "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource",
      ]
      Resource = ["${local.arn.sns}:${local.prefix}-alarms", "${local.arn.sns}:${local.prefix}-alarms:*"]
    },
    {
      Sid      = "Budget"
      Effect   = "Allow"
      Action   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
      Resource = "arn:aws:budgets::${var.account}:budget/${local.prefix}"
    },
    {
      Sid       = "AnomaliesToBegin"
      Effect    = "Allow"
      Action    = ["ce:CreateAnomalyMonitor", "ce:CreateAnomalySubscription", "ce:TagResource"]
      Resource  = "*"
      Condition = local.made_ours
    },
    {
      Sid    = "Anomalies"
      Effect = "Allow"
      Action = [
        "ce:DeleteAnomalyMonitor", "ce:DeleteAnomalySubscription", "ce:TagResource", "ce:UntagResource", "ce:UpdateAnomalyMonitor",
        "ce:UpdateAnomalySubscription",
      ]
      Resource  = ["arn:aws:ce::${var.account}:anomalymonitor/*", "arn:aws:ce::${var.account}:anomalysubscription/*"]
      Condition = local.ours
    },
    {
      Sid       = "SlackToBegin"
      Effect    = "Allow"
      Action    = ["chatbot:CreateSlackChannelConfiguration"]
      Resource  = "*"
      Condition = local.made_ours
    },
    {
      Sid      = "Slack"
      Effect   = "Allow"
      Action   = ["chatbot:DeleteSlackChannelConfiguration", "chatbot:TagResource", "chatbot:UntagResource", "chatbot:UpdateSlackChannelConfiguration"]
      Resource = "arn:aws:chatbot::${var.account}:chat-configuration/slack-channel/${local.prefix}-alarms"
    },
  ]

  # Asked of both regions: this one signs what the other is to do.
  may_copy_backups = flatten([for there in var.backup_region == null ? [] : [var.backup_region] : [
    {
      Sid      = "BackupsElsewhere"
      Effect   = "Allow"
      Action   = ["rds:StartDBInstanceAutomatedBackupsReplication", "rds:StopDBInstanceAutomatedBackupsReplication"]
      Resource = ["${local.arn.rds}:db:${local.prefix}", "arn:aws:rds:${there}:${var.account}:auto-backup:*"]
    },
    {
      Sid       = "KeyOfBackups"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = aws_kms_key.backups[0].arn
      Condition = { StringEquals = { "kms:ViaService" = "rds.${there}.amazonaws.com" } }
    },
    {
      Sid       = "KeyOfBackupsToKeep"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant"]
      Resource  = aws_kms_key.backups[0].arn
      Condition = { StringEquals = { "kms:ViaService" = "rds.${there}.amazonaws.com" }, Bool = { "kms:GrantIsForAWSResource" = "true" } }
    },
  ]])

  # What is in them only the program reads.
  may_tables = [for statement in [
    {
      Sid    = "Tables"
      Effect = "Allow"
      Action = [
        "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
      ]
      Resource = ["${local.arn.dynamodb}:table/${local.prefix}-*"]
    },
    {
      Sid       = "KeyOfTables"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
      Resource  = [aws_kms_key.main.arn]
      Condition = local.for_tables
    },
    {
      Sid       = "KeyOfTablesToKeep"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant"]
      Resource  = [aws_kms_key.main.arn]
      Condition = merge(local.for_tables, { Bool = { "kms:GrantIsForAWSResource" = "true" } })
    },
  ] : statement if local.has_tables]
  for_tables = { StringEquals = { "kms:ViaService" = "dynamodb.${var.region}.amazonaws.com" } }
  has_tables = anytrue([for service in var.services : service.table])

  may_data = concat(local.may_copy_backups, local.may_tables, [
    {
      Sid    = "Database"
      Effect = "Allow"
      Action = [
        "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBParameterGroup", "rds:CreateDBSnapshot",
        "rds:CreateDBSubnetGroup", "rds:DeleteDBInstance", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup",
        "rds:ModifyDBInstance", "rds:ModifyDBParameterGroup", "rds:ModifyDBSubnetGroup", "rds:RemoveTagsFromResource",
        "rds:ResetDBParameterGroup", "rds:RestoreDBInstanceFromDBSnapshot",
      ]
      Resource = [for what in ["db:${local.prefix}", "pg:${local.prefix}-*", "subgrp:${local.prefix}", "og:default:*", "snapshot:${local.prefix}-*", "snapshot:rds:${local.prefix}-*"] : "${local.arn.rds}:${what}"]
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
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = aws_kms_key.main.arn
      Condition = local.for_services
    },
    {
      Sid       = "KeyForServicesToKeep"
      Effect    = "Allow"
      Action    = ["kms:CreateGrant"]
      Resource  = aws_kms_key.main.arn
      Condition = merge(local.for_services, { Bool = { "kms:GrantIsForAWSResource" = "true" } })
    },
  ])
  for_services = { StringEquals = { "kms:ViaService" = [for service in ["rds", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"] } }

  may_roles = [
    {
      Sid       = "RolesWithinTheBoundary"
      Effect    = "Allow"
      Action    = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = "arn:aws:iam::${var.account}:role/${local.prefix}/*"
      Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.boundary.arn } }
    },
    {
      Sid    = "Roles"
      Effect = "Allow"
      Action = [
        "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
      ]
      Resource = "arn:aws:iam::${var.account}:role/${local.prefix}/*"
    },
    {
      Sid       = "HandRolesOn"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = "arn:aws:iam::${var.account}:role/${local.prefix}/*"
      Condition = { StringEquals = { "iam:PassedToService" = ["chatbot.amazonaws.com", "cognito-identity.amazonaws.com", "ecs.amazonaws.com", "ecs-tasks.amazonaws.com", "monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"] } }
    },
    {
      Sid      = "RolesThatServicesMakeThemselves"
      Effect   = "Allow"
      Action   = ["iam:CreateServiceLinkedRole"]
      Resource = "arn:aws:iam::${var.account}:role/aws-service-role/*"
      Condition = { StringEquals = { "iam:AWSServiceName" = [
        "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com", "management.chatbot.amazonaws.com",
        "rds.amazonaws.com", "rum.amazonaws.com", "wafv2.amazonaws.com",
      ] } }
    },
  ]
}
