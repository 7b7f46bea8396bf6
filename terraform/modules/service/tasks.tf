# What runs: the service's container, and the one-off setup of the same image, where there is a database to set up.
locals {
  full_name = "${var.name}-${var.service}"

  # One, or none.
  databases = var.database[*]

  # Always so, whatever the settings say: nothing is deployed without keys.
  fixed = {
    HOST             = "0.0.0.0"
    PORT             = tostring(var.size.port)
    AUTH             = contains(keys(var.settings), "OAUTH_ISSUER") ? "both" : "keys" # the pipeline and other services have keys
    LOOPS            = tostring(var.size.loops)
    LOG_FORMAT       = "json"
    METRICS_EMF      = var.name
    METRICS_PORT     = "0"     # nobody scrapes here; the figures go with the log
    IDLE_TIMEOUT     = "4100s" # longer than the balancer keeps a connection
    DRAIN_PAUSE      = "15s"   # longer than a name is remembered (routes.tf), so that callers inside the network go elsewhere first
    SHUTDOWN_TIMEOUT = "110s"  # inside stopTimeout, or ECS would cut what still runs
  }
  database_url      = { for database in local.databases : "DATABASE_URL" => "postgresql://${database.address}:5432/${var.service}?${database.query}" }
  database_settings = merge(local.database_url, { for _ in local.databases : "DATABASE_CONNECTIONS" => tostring(var.size.database_connections) })
  environment       = merge(var.settings, { for called, url in var.calls : "${upper(called)}_URL" => url }, local.fixed, local.database_settings)

  database_secrets = merge([for database in local.databases : {
    DATABASE_USER     = "${database.secret_arn}:username::"
    DATABASE_PASSWORD = "${database.secret_arn}:password::"
  }]...)
  service_secrets = merge(
    local.database_secrets,
    { for key in concat(["API_KEYS", "STATE_KEYS"], var.more_secrets) : key => "${var.keys_secret_arn}:${key}::" },
    { for called in keys(var.calls) : "${upper(called)}_KEY" => "${var.keys_secret_arn}:${upper(called)}_KEY::" },
  )
  setup_secrets = merge(local.database_secrets, [for database in local.databases : {
    SETUP_USER     = "${database.master_secret_arn}:username::"
    SETUP_PASSWORD = "${database.master_secret_arn}:password::"
  }]...)

  # What both containers have in common.
  container = {
    name                   = var.service
    image                  = var.image
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    privileged             = false
    linuxParameters        = { capabilities = { add = [], drop = ["ALL"] } }
    stopTimeout            = 120 # the most there is
    mountPoints            = []
    volumesFrom            = []
    systemControls         = []
  }

  # Lines are lost rather than requests held up when the logs are slow: on purpose, and with 25 MB before it comes to that.
  logs = { for task in ["service", "setup"] : task => {
    logDriver = "awslogs"
    options = {
      awslogs-group         = aws_cloudwatch_log_group.main.name
      awslogs-region        = var.region
      awslogs-stream-prefix = task
      mode                  = "non-blocking"
      max-buffer-size       = "25m"
    }
  } }
}

# Earlier revisions stay: one that is deregistered can't be gone back to.
resource "aws_ecs_task_definition" "service" {
  skip_destroy             = true
  family                   = local.full_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.size.cpu
  memory                   = var.size.memory
  execution_role_arn       = aws_iam_role.execution["service"].arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    portMappings = [{ name = "mcp", containerPort = var.size.port, hostPort = var.size.port, protocol = "tcp" }]
    environment  = [for name, value in local.environment : { name = name, value = value }]
    secrets      = [for name, from in local.service_secrets : { name = name, valueFrom = from }]

    logConfiguration = local.logs["service"]

    healthCheck = {
      command     = ["CMD", "/usr/bin/mcp-${var.service}", "healthcheck"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }
  })])
}

# Run by hand or by the pipeline before the first deployment and after every change of the password: makes the database and its user,
# and migrates. It alone is given the master's password.
resource "aws_ecs_task_definition" "setup" {
  count = length(local.databases)

  family                   = "${local.full_name}-setup"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution["setup"].arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([merge(local.container, {
    command      = ["setup"]
    portMappings = []
    environment = [for name, value in merge(local.database_url, {
      LOG_FORMAT = "json"
      SETUP_URL  = "postgresql://${var.database.address}:5432/postgres?${var.database.query}"
    }) : { name = name, value = value }]
    secrets = [for name, from in local.setup_secrets : { name = name, valueFrom = from }]

    logConfiguration = local.logs["setup"]
  })])
}

resource "aws_cloudwatch_log_group" "main" {
  # checkov:skip=CKV_AWS_338:How long is the operator's to say; the default is a year, the example for dev a month
  name              = "/${var.name}/services/${var.service}"
  retention_in_days = var.size.log_retention_days
  kms_key_id        = var.key_arn
}
