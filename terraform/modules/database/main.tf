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
      condition     = var.connections + local.spare <= local.max_connections
      error_message = "The services may open ${var.connections} connections during a deployment (twice their maximum of tasks, WORKERS + 1 each), and ${local.spare} are spared; ${var.instance_class} takes ${local.max_connections}. Take fewer tasks or workers, or a larger class."
    }
  }
}

resource "aws_db_instance" "main" {
  # checkov:skip=CKV_AWS_157:Multi-AZ is a switch, and doubles the price; the example for prod has it on
  # checkov:skip=CKV_AWS_293:Deletion protection is a switch, which taking an environment down needs off; on unless it is said otherwise, and a test insists on it for prod
  # checkov:skip=CKV_AWS_133:backup_days is at least 1, which the variable checks; checkov does not see the default of an optional()
  identifier     = var.name
  engine         = "postgres"
  engine_version = "17" # RDS takes the newest minor version, and later ones in the maintenance window
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
  final_snapshot_identifier = "${var.name}-final"

  auto_minor_version_upgrade = true
  apply_immediately          = false

  # What it tells
  enabled_cloudwatch_logs_exports       = keys(aws_cloudwatch_log_group.export)
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.key_arn
  performance_insights_retention_period = 7 # more than a week costs
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
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
