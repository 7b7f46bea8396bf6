# What services keep in DynamoDB rather than in the database, where the operator asks for it.
module "table" {
  source   = "./modules/table"
  for_each = local.tables

  table               = each.value.name
  definition          = jsondecode(file("${path.module}/../${each.key}/${local.services[each.key].table}"))
  backup_days         = each.value.backup_days
  deletion_protection = var.deletion_protection
  key_arn             = data.aws_kms_alias.main.target_key_arn
}

locals {
  tables = { for service, table in var.tables : service => merge(table, {
    name = coalesce(table.name, "${local.name}-${service}")
  }) if try(local.services[service].table, null) != null } # the output `tables` says what is wrong

  table_arns = { for service, table in local.tables : service => "arn:aws:dynamodb:${var.region}:${local.account}:table/${table.name}" }
  table_settings = { for service in keys(local.services) : service => merge([for kept, table in local.tables : {
    HISTORY    = "dynamodb:${table.name}"
    AWS_REGION = var.region
  } if kept == service]...) }
}
