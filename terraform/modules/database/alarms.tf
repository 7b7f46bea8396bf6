# When somebody should look at the database. RDS tells each of these every minute, so one that is silent for a quarter of an hour is gone.
locals {
  alarms = {
    cpu = {
      metric = "CPUUtilization", above = true, threshold = 80
      words  = "The database has used more than 80 % of its processors for 15 minutes, or has told nothing: then it is gone."
      page   = "the-database-is-full"
    }
    memory = {
      metric = "FreeableMemory", above = false, threshold = 100 * 1024 * 1024
      words  = "The database has less than 100 MiB of memory left."
      page   = "the-database-is-full"
    }
    storage = {
      # Of what it has by now. RDS grows it at a tenth, but not over storage_max_gb nor twice in six hours: here it did not.
      metric = "FreeStorageSpace", above = false, threshold = floor(aws_db_instance.main.allocated_storage * 1024 * 1024 * 1024 * 0.08)
      words  = "The database has less than 8 % of its storage left. RDS would have added some at 10 %: it has reached storage_max_gb, or grew less than six hours ago."
      page   = "the-databases-disk"
    }
    connections = {
      metric = "DatabaseConnections", above = true, threshold = floor(local.max_connections * 0.8)
      words  = "More than 80 % of the database's ${local.max_connections} connections are taken."
      page   = "the-databases-connections"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "database" {
  for_each = local.alarms

  alarm_name          = "${var.name}-database-${each.key}"
  alarm_description   = "${each.value.words} docs/on-call.md#${each.value.page}"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.key == "cpu" ? "breaching" : "missing"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
