# The database.
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
  storage_gb            = 20
  storage_max_gb        = 100
  multi_az              = true
  backup_days           = 14
  backup_region         = null
  apply_immediately     = true
  restore_from_snapshot = null
  max_connections       = null
  connections           = 40
  deletion_protection   = true
  key_arn               = "arn:aws:kms:us-east-1:123456789012:key/mock"
  log_retention_days    = 365
  permissions_boundary  = "arn:aws:iam::123456789012:policy/shop-test-boundary"
  topic_arn             = "arn:aws:sns:us-east-1:123456789012:shop-test-alarms"
}

# It is there already, and somebody else's too.
override_data {
  target = data.aws_db_instances.all
  values = { instance_identifiers = ["shop-other", "shop-test"] }
}

override_data {
  target = data.aws_db_instance.now
  values = { db_instance_class = "db.t4g.micro" }
}

run "database" {
  module {
    source = "./modules/database"
  }

  assert {
    condition = (
      aws_db_instance.main.engine == "postgres" &&
      aws_db_instance.main.engine_version == "17" &&
      aws_db_parameter_group.main.family == "postgres17"
    )
    error_message = "It is PostgreSQL 17."
  }
  assert {
    condition = (
      aws_db_instance.main.publicly_accessible == false &&
      aws_db_subnet_group.main.subnet_ids == toset(var.subnet_ids) &&
      aws_db_instance.main.db_subnet_group_name == aws_db_subnet_group.main.name
    )
    error_message = "It is in the private subnets alone."
  }
  assert {
    condition     = aws_db_instance.main.vpc_security_group_ids == toset(["sg-database"])
    error_message = "It is behind its security group."
  }
  assert {
    condition     = aws_db_instance.main.storage_encrypted && aws_db_instance.main.kms_key_id == var.key_arn
    error_message = "It is encrypted with the environment's key."
  }
  assert {
    condition     = one([for parameter in aws_db_parameter_group.main.parameter : parameter.value if parameter.name == "rds.force_ssl"]) == "1"
    error_message = "It takes no connection without TLS."
  }
  assert {
    condition = (
      aws_db_instance.main.manage_master_user_password &&
      aws_db_instance.main.password == null &&
      aws_db_instance.main.master_user_secret_kms_key_id == var.key_arn
    )
    error_message = "RDS keeps the master's password; Terraform never sees it."
  }
  assert {
    condition     = aws_db_instance.main.iam_database_authentication_enabled
    error_message = "People may sign in with their own identity."
  }
  assert {
    condition     = aws_db_instance.main.multi_az
    error_message = "A second one stands by."
  }
  assert {
    condition = (
      aws_db_instance.main.backup_retention_period == 14 &&
      aws_db_instance.main.skip_final_snapshot == false &&
      aws_db_instance.main.delete_automated_backups == false
    )
    error_message = "There are backups, also after its end."
  }
  assert {
    condition     = aws_db_instance.main.deletion_protection
    error_message = "It is kept from being deleted."
  }
  assert {
    condition = (
      aws_db_instance.main.performance_insights_enabled &&
      aws_db_instance.main.performance_insights_kms_key_id == var.key_arn &&
      aws_db_instance.main.monitoring_interval > 0
    )
    error_message = "It says what it does."
  }
  assert {
    condition = (
      alltrue([for group in aws_cloudwatch_log_group.export : group.kms_key_id == var.key_arn && group.retention_in_days == 365]) &&
      aws_db_instance.main.enabled_cloudwatch_logs_exports == toset(["postgresql", "upgrade"])
    )
    error_message = "Its logs are encrypted and end some day."
  }
  assert {
    condition = (
      one([for parameter in aws_db_parameter_group.main.parameter : parameter.value if parameter.name == "max_connections"]) == "80" &&
      output.max_connections == 80
    )
    error_message = "How many connections it takes is set."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.database["connections"].threshold == 64
    error_message = "It alarms at four fifths of them."
  }
  assert {
    condition = (
      toset(keys(aws_cloudwatch_metric_alarm.database)) == toset(["cpu", "memory", "storage", "connections"]) &&
      alltrue([for alarm in aws_cloudwatch_metric_alarm.database : alarm.alarm_actions == toset([var.topic_arn])])
    )
    error_message = "Processor, memory, storage and connections are watched, and somebody hears of it."
  }
  assert {
    condition = (
      aws_cloudwatch_metric_alarm.database["storage"].comparison_operator == "LessThanThreshold" &&
      aws_cloudwatch_metric_alarm.database["cpu"].comparison_operator == "GreaterThanThreshold"
    )
    error_message = "Little storage is bad, little use of the processor is not."
  }
}

# With a change of class that waits, the class that is there has to bear the services until Sunday.
run "class_that_waits" {
  command = plan

  variables {
    instance_class    = "db.t4g.small"
    connections       = 66
    apply_immediately = false
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_parameter_group.main]
}

run "smaller_class_that_waits" {
  command = plan

  variables {
    connections       = 66
    apply_immediately = false
  }

  override_data {
    target = data.aws_db_instance.now
    values = { db_instance_class = "db.t4g.small" }
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_parameter_group.main]
}

run "class_that_waits_and_fits" {
  command = plan

  variables {
    instance_class    = "db.t4g.small"
    connections       = 65
    apply_immediately = false
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition     = output.max_connections == 180
    error_message = "What fits both may wait."
  }
}

run "class_at_once" {
  command = plan

  variables {
    instance_class = "db.t4g.small"
    connections    = 66
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition     = aws_db_instance.main.apply_immediately && aws_db_instance.main.instance_class == "db.t4g.small"
    error_message = "A larger class that comes at once comes before the tasks that need it."
  }
}

run "too_many_connections" {
  command = plan

  variables {
    connections = 66
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_parameter_group.main]
}

run "just_enough" {
  command = plan

  variables {
    connections = 65
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition     = output.max_connections == 80
    error_message = "65 connections and 15 spared are what a db.t4g.micro takes."
  }
}

run "unknown_class" {
  command = plan

  variables {
    instance_class = "db.x2g.large"
  }

  module {
    source = "./modules/database"
  }

  expect_failures = [aws_db_parameter_group.main]
}

run "said_by_hand" {
  command = plan

  variables {
    instance_class  = "db.x2g.large"
    max_connections = 300
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition     = output.max_connections == 300
    error_message = "What is said by hand holds."
  }
}

run "unchanged" {
  module {
    source = "./modules/database"
  }

  assert {
    condition     = output.final_snapshot == run.database.final_snapshot && can(regex("^shop-test-final-[0-9a-f]{8}$", output.final_snapshot))
    error_message = "The last snapshot's name stays while the database does: no plan without a reason."
  }
}

# Its key can't be changed, so a database with another key is another one, and the snapshot of the one before is there.
run "another_life" {
  variables {
    key_arn = "arn:aws:kms:us-east-1:123456789012:key/another"
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition     = output.final_snapshot != run.database.final_snapshot && aws_db_instance.main.final_snapshot_identifier == output.final_snapshot
    error_message = "Each database's last snapshot has a name of its own."
  }
}

run "backups_elsewhere" {
  variables {
    backup_region = "us-west-2"
  }

  override_data {
    target = data.aws_kms_alias.backups
    values = { target_key_arn = "arn:aws:kms:us-west-2:123456789012:key/there" }
  }

  module {
    source = "./modules/database"
  }

  assert {
    condition = (
      aws_db_instance_automated_backups_replication.main[0].region == "us-west-2" &&
      data.aws_kms_alias.backups[0].region == "us-west-2" &&
      aws_db_instance_automated_backups_replication.main[0].kms_key_id == "arn:aws:kms:us-west-2:123456789012:key/there"
    )
    error_message = "Backups are copied to the other region, with a key that is there."
  }
  assert {
    condition = (
      aws_db_instance_automated_backups_replication.main[0].source_db_instance_arn == aws_db_instance.main.arn &&
      aws_db_instance_automated_backups_replication.main[0].retention_period == 14
    )
    error_message = "It is this database's backups, as long as here."
  }
}
