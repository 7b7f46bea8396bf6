# A database that begins with a snapshot.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                  = "shop-test"
  region                = "us-east-1"
  account               = "123456789012"
  subnet_ids            = ["subnet-private-a", "subnet-private-b"]
  security_group_id     = "sg-database"
  instance_class        = "db.t4g.micro"
  storage_gb            = 60
  storage_max_gb        = 100
  multi_az              = false
  backup_days           = 7
  backup_region         = null
  apply_immediately     = true
  restore_from_snapshot = "shop-test-final-0a1b2c3d"
  max_connections       = null
  connections           = 40
  deletion_protection   = true
  key_arn               = "arn:aws:kms:us-east-1:123456789012:key/mock"
  log_retention_days    = 365
  permissions_boundary  = "arn:aws:iam::123456789012:policy/shop-test-boundary"
  topic_arn             = "arn:aws:sns:us-east-1:123456789012:shop-test-alarms"
}

override_data {
  target = data.aws_db_snapshot.restored
  values = { engine = "postgres", engine_version = "17.6", allocated_storage = 60, kms_key_id = "arn:aws:kms:us-east-1:123456789012:key/mock" }
}

run "another_key" {
  command = plan

  override_data {
    target = data.aws_db_snapshot.restored
    values = { engine = "postgres", engine_version = "17.6", allocated_storage = 60, kms_key_id = "arn:aws:kms:us-east-1:123456789012:key/prod" }
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_instance.main]
}

run "less_room" {
  command = plan

  variables {
    storage_gb = 59
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_instance.main]
}

run "another_version" {
  command = plan

  override_data {
    target = data.aws_db_snapshot.restored
    values = { engine = "postgres", engine_version = "16.9", allocated_storage = 60, kms_key_id = "arn:aws:kms:us-east-1:123456789012:key/mock" }
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_instance.main]
}

run "made" {
  module {
    source = "./modules/database"
  }

  assert {
    condition     = aws_db_instance.main.snapshot_identifier == "shop-test-final-0a1b2c3d"
    error_message = "A new database begins with the snapshot."
  }
  assert {
    condition     = aws_db_instance.main.engine_version == "17.6"
    error_message = "And with its very version: RDS finds no way from 17.6 to 17."
  }
  assert {
    condition     = aws_db_instance.main.manage_master_user_password && output.final_snapshot != "shop-test-final-0a1b2c3d"
    error_message = "Its master gets a new password in a secret of RDS, and its own last snapshot another name."
  }
}

# The line may stay, go, or name another one: nothing of that is a change.
run "line_taken_out" {
  variables {
    restore_from_snapshot = null
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition = (
      aws_db_instance.main.snapshot_identifier == "shop-test-final-0a1b2c3d" &&
      aws_db_instance.main.engine_version == "17.6" &&
      output.final_snapshot == run.made.final_snapshot
    )
    error_message = "Afterwards it is a database like any other."
  }
}

run "named_where_one_is" {
  command = plan

  variables {
    restore_from_snapshot = "shop-test-final-ffffffff"
  }

  override_data {
    target = data.aws_db_instances.all
    values = { instance_identifiers = ["shop-test"] }
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition     = aws_db_instance.main.snapshot_identifier == "shop-test-final-0a1b2c3d"
    error_message = "What is there is left alone."
  }

  # And the plan says so.
  expect_failures = [check.restored]
}
