# RDS for PostgreSQL 17, in the private subnets.
locals {
  # What fits into each class's memory beside the buffers, at some 9 MB a connection; set, so that the sum below and the alarm are exact.
  fits = {
    "db.t4g.micro"  = 80
    "db.t4g.small"  = 180
    "db.t4g.medium" = 360
    "db.t4g.large"  = 800
    "db.m7g.large"  = 800
    "db.m8g.large"  = 800
    "db.m7g.xlarge" = 1600
    "db.m8g.xlarge" = 1600
    "db.r7g.large"  = 1600
    "db.r8g.large"  = 1600
  }
  max_connections = coalesce(var.max_connections, lookup(local.fits, var.instance_class, 0))
  spare           = 15 # for RDS itself, the setup tasks and a person who looks into something

  # Where a change of class waits for the maintenance window, the one that is there has to bear the services until then.
  class_now = var.apply_immediately ? var.instance_class : coalesce(one(values(data.aws_db_instance.now)[*].db_instance_class), var.instance_class)
  takes_now = local.class_now == var.instance_class ? local.max_connections : min(local.max_connections, lookup(local.fits, local.class_now, local.max_connections))
}

# The database as it is, or nothing before there is one.
data "aws_db_instances" "all" {}

data "aws_db_instance" "now" {
  for_each = toset([for identifier in data.aws_db_instances.all.instance_identifiers : identifier if identifier == var.name])

  db_instance_identifier = each.key
}

data "aws_db_snapshot" "restored" {
  count = var.restore_from_snapshot == null ? 0 : 1

  db_snapshot_identifier = var.restore_from_snapshot
}

check "restored" {
  assert {
    condition     = var.restore_from_snapshot == null || length(data.aws_db_instance.now) == 0
    error_message = "database.restore_from_snapshot counts only while a database is made, and ${var.name} is there: nothing is restored. Take the line out; if it is not what this database came from, docs/operate.md says how to go back to it."
  }
}

resource "aws_db_subnet_group" "main" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_db_parameter_group" "main" {
  name_prefix = "${var.name}-"
  family      = "postgres17"
  description = "${var.name}: TLS only, slow statements logged"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name         = "max_connections"
    value        = tostring(local.max_connections)
    apply_method = "pending-reboot"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }

  parameter {
    name  = "log_lock_waits"
    value = "1"
  }

  parameter {
    name  = "idle_in_transaction_session_timeout"
    value = "60000"
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = local.max_connections > 0
      error_message = "How many connections fit into ${var.instance_class} is not known here; say it as database.max_connections."
    }
    precondition {
      condition     = var.connections + local.spare <= local.takes_now
      error_message = "The services may open ${var.connections} connections during a deployment (twice their maximum of tasks, DATABASE_CONNECTIONS + LOOPS + 1 each), and ${local.spare} are spared; ${join(", and after the maintenance window ", distinct([local.class_now, var.instance_class]))} takes ${local.takes_now}. Take fewer tasks or database_connections, or a larger class; where that has to wait (apply_immediately), it comes first."
    }
  }
}

resource "aws_db_instance" "main" {
  # checkov:skip=CKV_AWS_157:Multi-AZ is a switch, and doubles the price; the example for prod has it on
  # checkov:skip=CKV_AWS_293:Deletion protection is a switch, which taking an environment down needs off; on unless it is said otherwise, and a test insists on it for prod
  # checkov:skip=CKV_AWS_133:backup_days is at least 1, which the variable checks; checkov does not see the default of an optional()
  identifier     = var.name
  engine         = "postgres"
  engine_version = coalesce(one(data.aws_db_snapshot.restored[*].engine_version), "17") # RDS takes the newest minor version, and later ones in the maintenance window
  instance_class = var.instance_class

  # Storage
  storage_type          = "gp3"
  allocated_storage     = var.storage_gb
  max_allocated_storage = var.storage_max_gb
  storage_encrypted     = true
  kms_key_id            = var.key_arn

  # Who gets in
  db_subnet_group_name                = aws_db_subnet_group.main.name
  vpc_security_group_ids              = [var.security_group_id]
  publicly_accessible                 = false
  port                                = 5432
  username                            = "postgres"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = var.key_arn
  iam_database_authentication_enabled = true
  ca_cert_identifier                  = "rds-ca-rsa2048-g1"
  parameter_group_name                = aws_db_parameter_group.main.name

  # What is left when something breaks
  multi_az                  = var.multi_az
  backup_retention_period   = var.backup_days
  backup_window             = "03:00-04:00"
  maintenance_window        = "sun:04:30-sun:05:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final-${substr(terraform_data.life.id, 0, 8)}"
  snapshot_identifier       = var.restore_from_snapshot

  # A disk that is full can't wait until Sunday, and RDS knows this of a whole call alone. What restarts the database is a change of class.
  auto_minor_version_upgrade = true
  apply_immediately          = var.apply_immediately

  # What it tells
  enabled_cloudwatch_logs_exports       = keys(aws_cloudwatch_log_group.export)
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.key_arn
  performance_insights_retention_period = 7 # more than a week costs
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn

  lifecycle {
    # Both are for its beginning. Later a snapshot that is named, or no more, must not replace what is there, and RDS finds no way to "17"
    # from a version that is 17 already.
    ignore_changes = [engine_version, snapshot_identifier]

    precondition {
      condition     = alltrue([for snapshot in data.aws_db_snapshot.restored : snapshot.kms_key_id == var.key_arn])
      error_message = "The snapshot is not encrypted with this environment's key, which is what the database would be replaced for at the next apply. Copy it with the key first: aws rds copy-db-snapshot --source-db-snapshot-identifier … --target-db-snapshot-identifier ${var.name}-copy --kms-key-id alias/${var.name}"
    }
    precondition {
      condition     = alltrue([for snapshot in data.aws_db_snapshot.restored : snapshot.allocated_storage <= var.storage_gb])
      error_message = "The snapshot is of ${join("", data.aws_db_snapshot.restored[*].allocated_storage)} GB, and RDS makes no disk smaller: say at least that as database.storage_gb."
    }
    precondition {
      condition     = alltrue([for snapshot in data.aws_db_snapshot.restored : snapshot.engine == "postgres" && startswith(snapshot.engine_version, "17.")])
      error_message = "The snapshot is not one of PostgreSQL 17."
    }
  }
}

# A database's life: its last snapshot is called by it, since the one of the life before is still there. Anew where the database is.
resource "terraform_data" "life" {
  triggers_replace = [var.name, var.key_arn]
}

# Backups in another region, for when this one is gone. They are encrypted with a key that is there.
data "aws_kms_alias" "backups" {
  count = var.backup_region == null ? 0 : 1

  region = var.backup_region
  name   = "alias/${var.name}"
}

resource "aws_db_instance_automated_backups_replication" "main" {
  count = var.backup_region == null ? 0 : 1

  region                 = var.backup_region
  source_db_instance_arn = aws_db_instance.main.arn
  kms_key_id             = data.aws_kms_alias.backups[0].target_key_arn
  retention_period       = var.backup_days
}

# Made here, or RDS makes them without a key and keeps them for ever.
resource "aws_cloudwatch_log_group" "export" {
  # checkov:skip=CKV_AWS_338:How long is the operator's to say; the default is a year, the example for dev a month
  for_each = { for log in ["postgresql", "upgrade"] : log => "/aws/rds/instance/${var.name}/${log}" }

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

# ---- Its role for figures of the machine itself ----

resource "aws_iam_role" "monitoring" {
  name                 = "${var.name}-database-monitoring"
  path                 = "/${var.name}/"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account } }
    }]
  })
}

resource "aws_iam_role_policy" "monitoring" {
  name = "write"
  role = aws_iam_role.monitoring.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
        Resource = "arn:aws:logs:${var.region}:${var.account}:log-group:RDS*"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${var.region}:${var.account}:log-group:RDS*:log-stream:*"
      },
    ]
  })
}
