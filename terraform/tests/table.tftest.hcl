# A table of DynamoDB: what its file says, and what the operator does.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  table = "shop-test-desk"
  definition = {
    BillingMode          = "PAY_PER_REQUEST"
    AttributeDefinitions = [for name in ["id", "part", "whose", "at"] : { AttributeName = name, AttributeType = name == "at" ? "N" : "S" }]
    KeySchema            = [{ AttributeName = "id", KeyType = "HASH" }, { AttributeName = "part", KeyType = "RANGE" }]
    GlobalSecondaryIndexes = [
      { IndexName = "by_whose", KeySchema = [{ AttributeName = "whose", KeyType = "HASH" }, { AttributeName = "at", KeyType = "RANGE" }], Projection = { ProjectionType = "INCLUDE", NonKeyAttributes = ["words"] } },
      { IndexName = "by_part", KeySchema = [{ AttributeName = "part", KeyType = "HASH" }], Projection = { ProjectionType = "KEYS_ONLY" } },
    ]
  }
  backup_days         = 35
  deletion_protection = true
  key_arn             = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "table" {
  module {
    source = "./modules/table"
  }

  assert {
    condition = (
      aws_dynamodb_table.main.name == "shop-test-desk" && aws_dynamodb_table.main.billing_mode == "PAY_PER_REQUEST" &&
      aws_dynamodb_table.main.hash_key == "id" && aws_dynamodb_table.main.range_key == "part" &&
      { for each in aws_dynamodb_table.main.attribute : each.name => each.type } == { id = "S", part = "S", whose = "S", at = "N" }
    )
    error_message = "It is built as its file says, under the name that it has here."
  }
  assert {
    condition = { for each in aws_dynamodb_table.main.global_secondary_index : each.name => "${each.hash_key} ${coalesce(each.range_key, "-")} ${each.projection_type} ${join(",", coalesce(each.non_key_attributes, []))}" } == {
      by_whose = "whose at INCLUDE words"
      by_part  = "part - KEYS_ONLY "
    }
    error_message = "So are its indexes."
  }
  assert {
    condition     = one(aws_dynamodb_table.main.ttl).enabled && one(aws_dynamodb_table.main.ttl).attribute_name == "ttl"
    error_message = "What is over goes by itself."
  }
  assert {
    condition     = one(aws_dynamodb_table.main.point_in_time_recovery).enabled && one(aws_dynamodb_table.main.point_in_time_recovery).recovery_period_in_days == 35
    error_message = "It can be restored to any second of 35 days."
  }
  assert {
    condition     = one(aws_dynamodb_table.main.server_side_encryption).enabled && one(aws_dynamodb_table.main.server_side_encryption).kms_key_arn == var.key_arn && aws_dynamodb_table.main.deletion_protection_enabled
    error_message = "It is encrypted by the environment's key, and not deleted by mistake."
  }
}

run "table_without_backups" {
  variables {
    backup_days = 0
  }

  module {
    source = "./modules/table"
  }

  assert {
    condition     = !one(aws_dynamodb_table.main.point_in_time_recovery).enabled
    error_message = "Without backups there are none."
  }
}

run "table_that_is_paid_by_the_hour" {
  command = plan

  variables {
    definition = {
      BillingMode          = "PROVISIONED"
      AttributeDefinitions = [{ AttributeName = "id", AttributeType = "S" }]
      KeySchema            = [{ AttributeName = "id", KeyType = "HASH" }]
    }
  }

  module {
    source = "./modules/table"
  }

  expect_failures = [aws_dynamodb_table.main]
}
