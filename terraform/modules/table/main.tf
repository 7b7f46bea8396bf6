# A table of DynamoDB in which one service keeps something, as its own file describes it: the input of CreateTable, which its program's tests
# make theirs from too. What that input can't say is here: when items go by themselves, backups, whose key.
locals {
  key     = { for key in var.definition.KeySchema : key.KeyType => key.AttributeName }
  indexes = { for index in try(var.definition.GlobalSecondaryIndexes, []) : index.IndexName => index }
}

resource "aws_dynamodb_table" "main" {
  # checkov:skip=CKV_AWS_28:Backups are the operator's to say; usually there are some
  name                        = var.table
  billing_mode                = var.definition.BillingMode
  hash_key                    = local.key["HASH"]
  range_key                   = lookup(local.key, "RANGE", null)
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = var.definition.AttributeDefinitions

    content {
      name = attribute.value.AttributeName
      type = attribute.value.AttributeType
    }
  }

  dynamic "global_secondary_index" {
    for_each = local.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = one([for key in global_secondary_index.value.KeySchema : key.AttributeName if key.KeyType == "HASH"])
      range_key          = one([for key in global_secondary_index.value.KeySchema : key.AttributeName if key.KeyType == "RANGE"])
      projection_type    = global_secondary_index.value.Projection.ProjectionType
      non_key_attributes = try(global_secondary_index.value.Projection.NonKeyAttributes, null)
    }
  }

  ttl {
    enabled        = true
    attribute_name = "ttl"
  }

  point_in_time_recovery {
    enabled                 = var.backup_days > 0
    recovery_period_in_days = var.backup_days > 0 ? var.backup_days : null
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.key_arn
  }

  lifecycle {
    precondition {
      condition     = var.definition.BillingMode == "PAY_PER_REQUEST" && length(setsubtract(keys(var.definition), ["BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"])) == 0
      error_message = "The table's file has BillingMode PAY_PER_REQUEST, AttributeDefinitions, KeySchema and GlobalSecondaryIndexes, and nothing that is not made here."
    }
  }
}

output "name" {
  description = "The table, once it is there"
  value       = aws_dynamodb_table.main.name
}
