# When somebody should look at the database.
locals {
  alarms = {
    cpu = {
      metric = "CPUUtilization", above = true, threshold = 80
      words  = "The database has used more than 80 % of its processors for 15 minutes."
    }
    memory = {
      metric = "FreeableMemory", above = false, threshold = 100 * 1024 * 1024
      words  = "The database has less than 100 MiB of memory left."
    }
    storage = {
      metric = "FreeStorageSpace", above = false, threshold = floor(var.storage_gb * 1024 * 1024 * 1024 * 0.15)
      words  = "The database has less than 15 % of its first storage left; RDS adds some by itself up to storage_max_gb."
    }
    connections = {
      metric = "DatabaseConnections", above = true, threshold = floor(local.max_connections * 0.8)
      words  = "More than 80 % of the database's ${local.max_connections} connections are taken."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "database" {
  for_each = local.alarms

  alarm_name          = "${var.name}-database-${each.key}"
  alarm_description   = each.value.words
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.above ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "missing"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
