# One environment: network, load balancer, database, the services, and who watches them.
data "aws_caller_identity" "current" {}

data "aws_availability_zones" "here" {
  # checkov:skip=CKV_AWS_394:Chosen by id below: a zone more changes nothing
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }

  lifecycle {
    postcondition {
      condition     = length(setsubtract(self.zone_ids, local.zones_without_fargate[var.architecture])) >= var.zones
      error_message = "${var.region} has fewer than ${var.zones} zones in which Fargate runs ${var.architecture}: say fewer zones, or another architecture."
    }
  }
}

# What a zone is called (us-east-1a) differs by account; its id (use1-az1) is the same for all. So are the zones that are chosen, those
# that Fargate is not in left out (AWS Fargate Regions; of ARM: Working with 64-bit ARM workloads).
locals {
  zones_without_fargate = { for architecture, more in { ARM64 = ["use1-az3"], X86_64 = [] } : architecture => concat(["apne1-az3", "usw1-az2"], more) }

  zone_names = zipmap(data.aws_availability_zones.here.zone_ids, data.aws_availability_zones.here.names)
  zone_ids   = sort(setsubtract(keys(local.zone_names), local.zones_without_fargate[var.architecture]))
  zones      = [for id in slice(local.zone_ids, 0, var.zones) : local.zone_names[id]]
}

locals {
  name    = "${var.project}-${var.environment}"
  account = data.aws_caller_identity.current.account_id

  services  = module.services.all
  databases = { for service, at in local.services : service => at if at.database }

  # Who looks at what runs is told where, under names that begin with its own, as those of whom it calls begin with theirs.
  watch_settings = { for service, at in local.services : service => at.aws != "read" ? {} : {
    AWS_REGION                   = var.region
    "${upper(service)}_CLUSTER"  = local.name
    "${upper(service)}_SERVICES" = join(",", keys(local.services))
  } }

  # By host a service has a name of its own; by path all have one.
  routes = { for service, at in local.services : service => {
    host     = var.routing == "host" ? "${service}.${var.domain}" : var.domain
    prefix   = var.routing == "host" ? "" : "/${service}"
    priority = at.priority
    root     = var.routing == "path" && local.facade && service == local.first
  } }
  hosts = distinct([for service in sort(keys(local.services)) : local.routes[service].host])
  urls  = { for service, route in local.routes : service => "https://${route.host}${route.prefix}" }

  # Inside the network a service is called straight, as products.shop-dev.internal.
  internal_hosts = { for service in keys(local.services) : service => "${service}.${module.network.namespace.name}" }

  # While all are deployed at once, the old tasks and the new are both there.
  connections = sum([for service in local.services : 2 * service.maximum * service.connections])

  # By OpenTelemetry's own names.
  trace_settings = { for name, value in {
    OTEL_EXPORTER_OTLP_ENDPOINT = var.traces.endpoint
    OTEL_RESOURCE_ATTRIBUTES    = "deployment.environment.name=${var.environment}"
    OTEL_TRACES_SAMPLER         = "parentbased_traceidratio"
    OTEL_TRACES_SAMPLER_ARG     = tostring(var.traces.part)
  } : name => value if var.traces.endpoint != null }

  # The bootstrap made it; a role without it the pipeline can't make.
  permissions_boundary = "arn:aws:iam::${local.account}:policy/${local.name}-boundary"
}

module "services" {
  source = "./modules/services"

  listed        = jsondecode(file("${path.module}/../services.json"))
  every_service = var.every_service
  services      = var.services
}

# What its own file says is read, or it is said that it is not.
module "tfvars" {
  source = "./modules/tfvars"

  text     = try(file("${path.root}/environments/${var.environment}.tfvars"), "")
  declared = flatten(regexall("(?m)^variable \"(\\w+)\"", file("${path.module}/variables.tf")))
  known = {
    alarm_slack = var.alarm_slack
    database    = var.database
    deployment  = var.deployment
    models      = var.models
    schedule    = var.schedule
    sign_in     = var.sign_in
    tables      = var.tables
    traces      = var.traces
    web         = var.web
  }
}

# ---- What the bootstrap made ----

data "aws_kms_alias" "main" {
  name = "alias/${local.name}"
}

data "aws_ecr_repository" "service" {
  for_each = local.services
  name     = "${var.project}/${each.key}"
}

# Where the secrets are; what is in them is never read here.
data "aws_secretsmanager_secret" "keys" {
  for_each = local.services
  name     = "${local.name}/${each.key}/keys"
}

data "aws_secretsmanager_secret" "database" {
  for_each = local.databases
  name     = "${local.name}/${each.key}/database"
}

# ---- The parts ----

module "network" {
  source = "./modules/network"

  name                 = local.name
  region               = var.region
  account              = local.account
  cidr                 = var.vpc_cidr
  zones                = local.zones
  private_access       = var.private_access
  key_arn              = data.aws_kms_alias.main.target_key_arn
  log_retention_days   = var.log_retention_days
  permissions_boundary = local.permissions_boundary
  table_arns           = values(local.table_arns)
}

module "security" {
  source = "./modules/security"

  name           = local.name
  region         = var.region
  vpc_id         = module.network.vpc_id
  ports          = { for service, at in local.services : service => at.port }
  databases      = keys(local.databases)
  tables         = keys(local.tables)
  calls          = { for service, at in local.services : service => keys(at.calls) }
  private_access = var.private_access
}

module "endpoints" {
  source = "./modules/endpoints"
  count  = var.private_access == "endpoints" ? 1 : 0

  name              = local.name
  region            = var.region
  account           = local.account
  vpc_id            = module.network.vpc_id
  subnet_ids        = slice(module.network.private_subnet_ids, 0, var.endpoint_zones)
  security_group_id = module.security.groups["endpoints"]

  # What the tasks themselves ask of AWS.
  actions = distinct(flatten([for service in module.service : service.actions]))
}

module "alerts" {
  source = "./modules/alerts"

  name                 = local.name
  environment          = var.environment
  account              = local.account
  emails               = var.alarm_emails
  slack                = var.alarm_slack
  monthly_budget_usd   = var.monthly_budget_usd
  cost_tag_active      = var.cost_tag_active
  key_arn              = data.aws_kms_alias.main.target_key_arn
  permissions_boundary = local.permissions_boundary
}

module "balancer" {
  source = "./modules/balancer"

  name                 = local.name
  region               = var.region
  account              = local.account
  subnet_ids           = module.network.public_subnet_ids
  security_group_id    = module.security.groups["balancer"]
  hosts                = local.hosts
  certificate_arn      = var.certificate_arn
  zone_id              = var.zone_id
  allowed_addresses    = var.allowed_addresses
  sign_in              = var.sign_in.by != "none"
  requests_per_address = var.requests_per_address
  deletion_protection  = var.deletion_protection
  key_arn              = data.aws_kms_alias.main.target_key_arn
  log_retention_days   = var.log_retention_days
  topic_arn            = module.alerts.topic_arn
}

module "database" {
  source = "./modules/database"

  name                  = local.name
  region                = var.region
  account               = local.account
  subnet_ids            = module.network.private_subnet_ids
  security_group_id     = module.security.groups["database"]
  instance_class        = var.database.instance_class
  storage_gb            = var.database.storage_gb
  storage_max_gb        = var.database.storage_max_gb
  multi_az              = var.database.multi_az
  backup_days           = var.database.backup_days
  backup_region         = var.database.backup_region
  apply_immediately     = var.database.apply_immediately
  restore_from_snapshot = var.database.restore_from_snapshot
  max_connections       = var.database.max_connections
  connections           = local.connections
  deletion_protection   = var.deletion_protection
  key_arn               = data.aws_kms_alias.main.target_key_arn
  log_retention_days    = var.log_retention_days
  permissions_boundary  = local.permissions_boundary
  topic_arn             = module.alerts.topic_arn
}

resource "aws_ecs_cluster" "main" {
  name = local.name

  # Counts the tasks that run and that should, for the alarm when none does. It is 30 metrics a service, 9 dollars a month.
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

module "service" {
  source   = "./modules/service"
  for_each = local.services

  name           = local.name
  service        = each.key
  region         = var.region
  account        = local.account
  image          = lookup(var.images, each.key, "")
  architecture   = var.architecture
  repository_arn = data.aws_ecr_repository.service[each.key].arn
  size           = merge(each.value, { log_retention_days = var.log_retention_days })
  deployment     = var.deployment
  schedule       = var.schedule

  settings = merge({
    PUBLIC_URL      = local.endpoints[each.key]
    PUBLIC_HOSTS    = "${local.routes[each.key].host},${local.internal_hosts[each.key]}"
    TRUSTED_PROXIES = join(",", module.network.public_cidrs)
    COMPAT          = var.compat
  }, length(local.allowed_origins[each.key]) == 0 ? {} : { ALLOWED_ORIGINS = join(",", local.allowed_origins[each.key]) }, local.trace_settings, local.oauth_settings[each.key], local.watch_settings[each.key], local.model_settings[each.key], local.table_settings[each.key], each.value.settings)
  more_secrets = concat(var.traces.headers ? ["OTEL_EXPORTER_OTLP_HEADERS"] : [], local.model_secrets[each.key])

  keys_secret_arn = data.aws_secretsmanager_secret.keys[each.key].arn
  database = each.value.database ? {
    address           = module.database.address
    query             = "sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds.pem" # docker/image/rds-roots.pem, as every image has it
    secret_arn        = data.aws_secretsmanager_secret.database[each.key].arn
    master_secret_arn = module.database.master_secret_arn
  } : null
  reads  = each.value.aws == "read" ? var.project : null
  models = local.models[each.key]
  table  = try({ name = module.table[each.key].name, arn = local.table_arns[each.key] }, null)
  calls  = { for called in keys(each.value.calls) : called => "http://${local.internal_hosts[called]}:${local.services[called].port}/mcp" }

  key_arn              = data.aws_kms_alias.main.target_key_arn
  permissions_boundary = local.permissions_boundary

  cluster_name      = aws_ecs_cluster.main.name
  vpc_id            = module.network.vpc_id
  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.security.groups[each.key]
  namespace_id      = module.network.namespace.id
  balancer          = { listener_arn = module.balancer.listener_arn, arn_suffix = module.balancer.arn_suffix }
  route             = local.routes[each.key]
  topic_arn         = module.alerts.topic_arn

  # A class that takes more connections is there before the tasks, and how many there may be, that need it.
  depends_on = [module.database]
}

module "dashboard" {
  source = "./modules/dashboard"

  name      = local.name
  region    = var.region
  cluster   = aws_ecs_cluster.main.name
  namespace = local.name
  services = { for service, made in module.service : service => {
    target_groups = made.target_groups, log_group = made.log_group, asks = local.asking[service], table = try(local.tables[service].name, null), figures = local.services[service].figures
  } }
  models          = local.asked
  prices          = var.models.prices
  sign_in         = local.issuer != null
  traces          = var.traces.endpoint != null
  balancer        = module.balancer.arn_suffix
  firewall        = module.balancer.firewall
  database        = module.database.identifier
  max_connections = module.database.max_connections
}
