# One page that says how it goes: a row a question, a service beside the other.
locals {
  services = keys(var.services)
  width    = floor(24 / max(length(local.services), 1))

  # Rows of each service: title, unit of the axis, metrics as [namespace, name, dimensions..., how].
  rows = { for service, at in var.services : service => concat([
    {
      title = "requests a minute"
      metrics = concat([for group in at.target_groups : [
        for name, label in { RequestCount = "all", HTTPCode_Target_4XX_Count = "4xx", HTTPCode_Target_5XX_Count = "5xx" } :
        ["AWS/ApplicationELB", name, "TargetGroup", group, "LoadBalancer", var.balancer, { stat = "Sum", label = label }]
      ]]...)
    },
    {
      title = "seconds until the answer begins"
      metrics = concat([for group in at.target_groups : [
        for stat in ["p50", "p95", "p99"] :
        ["AWS/ApplicationELB", "TargetResponseTime", "TargetGroup", group, "LoadBalancer", var.balancer, { stat = stat, label = stat }]
      ]]...)
    },
    {
      title = "tasks"
      metrics = concat([
        ["ECS/ContainerInsights", "DesiredTaskCount", "ClusterName", var.cluster, "ServiceName", service, { stat = "Average", label = "wanted" }],
        ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.cluster, "ServiceName", service, { stat = "Average", label = "running" }],
        ], [for group in at.target_groups :
        ["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", group, "LoadBalancer", var.balancer, { stat = "Minimum", label = "ready" }]
      ])
    },
    {
      title = "processor and memory, percent"
      metrics = [
        for name, label in { CPUUtilization = "processor", MemoryUtilization = "memory" } :
        ["AWS/ECS", name, "ClusterName", var.cluster, "ServiceName", service, { stat = "Average", label = label }]
      ]
    },
    {
      title   = "open streams of a task"
      metrics = [for stat in ["Average", "Maximum"] : [var.namespace, "OpenStreams", "Service", service, { stat = stat, label = lower(stat) }]]
    },
    {
      title = "calls a minute that did not end well"
      metrics = [for name, label in { Unavailable = "not served", Errors = "the model's mistakes", FailedStatements = "failed statements", FailedCallsOut = "failed calls out" } :
        [var.namespace, name, "Service", service, { stat = "Sum", label = label }]
      ]
    },
    ], [for chart in [
      {
        title = "access tokens a minute"
        metrics = [
          [var.namespace, "AcceptedTokens", "Service", service, { stat = "Sum", label = "taken" }],
          [var.namespace, "RefusedTokens", "Service", service, { stat = "Sum", label = "refused" }],
          [var.namespace, "RefusedFrom", "Service", service, { stat = "Maximum", label = "from addresses" }],
        ]
      },
      {
        title = "issuer's keys: seconds old"
        metrics = [
          [var.namespace, "KeysAge", "Service", service, { stat = "Maximum", label = "oldest" }],
          [var.namespace, "FailedKeyFetches", "Service", service, { stat = "Sum", label = "failed fetches", yAxis = "right" }],
        ]
      },
      ] : chart if var.sign_in], [for chart in [
      {
        title   = "spans that were lost a minute"
        metrics = [[var.namespace, "LostSpans", "Service", service, { stat = "Sum", label = "dropped, or not taken" }]]
      },
      ] : chart if var.traces], [for chart in [
      {
        title = "questions to models a minute"
        metrics = concat([for name, label in { AnsweredQuestions = "answered", FailedQuestions = "by none" } :
          [var.namespace, name, "Service", service, { stat = "Sum", label = label }]
          ], [for model in var.models :
          [var.namespace, "FailedModelRequests", "Service", service, "Model", model, { stat = "Sum", label = "failed tries of ${model}" }]
        ])
      },
      {
        title = "models: seconds until the first word"
        metrics = concat([
          [{ expression = "waited / began / 1000000", label = "average" }],
          [{ expression = "100 * slow / began", label = "later than 3 s, percent", yAxis = "right" }],
          ], [for id, name in { waited = "FirstWordMicroseconds", began = "FirstWords", slow = "SlowFirstWords" } :
          [var.namespace, name, "Service", service, { stat = "Sum", id = id, visible = false }]
        ])
      },
      {
        title = "tokens of models a minute"
        metrics = concat([for name, label in { CachedTokens = "from a cache", InputTokens = "read", OutputTokens = "written" } :
          [var.namespace, name, "Service", service, { stat = "Sum", label = label }]
          ], flatten([for model in var.models : [for name, label in { InputTokens = "read by", OutputTokens = "written by" } :
        { line = [var.namespace, name, "Service", service, "Model", model, { stat = "Sum", label = "${label} ${model}" }] }]])[*].line)
      },
      {
        title = "models: dollars an hour, by the prices that were said"
        metrics = concat([for number, model in sort(keys(var.prices)) :
          [{ expression = "60 * (i${number} * ${var.prices[model].input} + c${number} * ${var.prices[model].cached} + o${number} * ${var.prices[model].output}) / 1000000", label = model }]
          ], flatten([for number, model in sort(keys(var.prices)) : [for id, name in { c = "CachedTokens", i = "InputTokens", o = "OutputTokens" } :
        { line = [var.namespace, name, "Service", service, "Model", model, { stat = "Sum", id = "${id}${number}", visible = false }] }]])[*].line)
      },
      ] : chart if at.asks && length(chart.metrics) > 0], [for table in at.table[*] : {
      title = "table: units a minute"
      metrics = concat([for name, label in { ConsumedReadCapacityUnits = "read", ConsumedWriteCapacityUnits = "written" } :
        ["AWS/DynamoDB", name, "TableName", table, { stat = "Sum", label = label }]
        ], [for name, label in { ReadThrottleEvents = "reads throttled", WriteThrottleEvents = "writes throttled" } :
        ["AWS/DynamoDB", name, "TableName", table, { stat = "Sum", label = label, yAxis = "right" }]
      ])
      }], [for chart in [
      {
        title = "what it counts of its own, a minute"
        metrics = flatten([for stat, figures in at.figures : [for name, label in figures :
        { line = [var.namespace, name, "Service", service, { stat = stat, label = label }] }]])[*].line
      },
  ] : chart if length(chart.metrics) > 0]) }
  depth = 6 * max(0, [for rows in values(local.rows) : length(rows)]...)

  below = [
    {
      title = "database: processor, percent"
      metrics = [
        ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", var.database, { stat = "Average", label = "processor" }],
      ]
    },
    {
      title = "database: connections of ${var.max_connections}"
      metrics = [
        ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", var.database, { stat = "Maximum", label = "connections" }],
      ]
    },
    {
      title = "database: free bytes"
      metrics = [
        for name, label in { FreeStorageSpace = "storage", FreeableMemory = "memory" } :
        ["AWS/RDS", name, "DBInstanceIdentifier", var.database, { stat = "Minimum", label = label }]
      ]
    },
    {
      title = "turned away by the firewall"
      metrics = [
        for rule in ["not-allowed", "floods", "common", "inputs"] :
        ["AWS/WAFV2", "BlockedRequests", "WebACL", var.firewall, "Region", var.region, "Rule", rule, { stat = "Sum", label = rule }]
      ]
    },
  ]

  charts = concat(
    flatten([for column, service in local.services : [for row, chart in local.rows[service] : {
      x = column * local.width, y = row * 6, width = local.width, title = "${service}: ${chart.title}", metrics = chart.metrics
    }]]),
    [for column, chart in local.below : { x = column * 6, y = local.depth, width = 6, title = chart.title, metrics = chart.metrics }],
  )
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for chart in local.charts : {
        type   = "metric"
        x      = chart.x
        y      = chart.y
        width  = chart.width
        height = 6
        properties = {
          title   = chart.title
          region  = var.region
          view    = "timeSeries"
          stacked = false
          period  = 60
          metrics = chart.metrics
          yAxis   = { left = { min = 0 } }
        }
      }],
      [for column, service in local.services : {
        type   = "log"
        x      = column * local.width
        y      = local.depth + 6
        width  = local.width
        height = 6
        properties = {
          title  = "${service}: latest errors and warnings"
          region = var.region
          view   = "table"
          query  = "SOURCE '${var.services[service].log_group}' | fields @timestamp, @message | filter level in ['error', 'warning'] | sort @timestamp desc | limit 50"
        }
      }],
    )
  })
}
