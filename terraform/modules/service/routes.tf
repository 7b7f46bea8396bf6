# How requests get to the tasks: from outside through the balancer, from other services by name.
locals {
  # With blue/green two, of which one serves: ECS exchanges them with every deployment.
  targets = merge({ first = local.full_name }, local.blue_green ? { second = "${local.full_name}-2" } : {})
}

resource "aws_lb_target_group" "main" {
  # checkov:skip=CKV_AWS_378:The balancer ends TLS; from there it is two security groups that name each other, in a network of our own
  for_each = local.targets

  name                          = each.value
  vpc_id                        = var.vpc_id
  target_type                   = "ip"
  protocol                      = "HTTP"
  port                          = var.size.port
  deregistration_delay          = 90                           # calls may take 55 s; open streams take all of it at every deployment
  load_balancing_algorithm_type = "least_outstanding_requests" # streams are long and uneven

  # Who is not ready gets no requests. ECS replaces a task that fails this, and while the database fails over, a minute or two (RDS: 60 to
  # 120 s), no task is ready and a new one can't even start: so it takes 150 s to be unhealthy. Where all are, the balancer sends to all
  # of them, and they answer in words. A program that hangs is found sooner, by the container's own check.
  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 10
  }

  # Any task serves any session.
  stickiness {
    type    = "lb_cookie"
    enabled = false
  }

  lifecycle {
    precondition {
      condition     = length(each.value) <= 32
      error_message = "A target group's name has at most 32 characters, and ${each.value} has ${length(each.value)}: for blue/green choose a shorter name."
    }
  }
}

# A rule takes at most five values, and three a condition. One rule a service, since ECS moves traffic by one; "/mcp*" is also what is
# below it, and of what else begins so the server knows nothing (404).
locals {
  paths = [
    "${var.route.prefix}/mcp*",
    "${var.route.prefix}/readyz",
    # The path of the endpoint stands behind the well-known name: /.well-known/oauth-protected-resource/products/mcp
    var.route.prefix == "" ? "/.well-known/*" : "/.well-known/*${var.route.prefix}/*",
  ]

  # With a fourth path there are too many values, so it is expressions there. The root's path has no service in it, and is not changed.
  expressions = var.route.root ? [
    "^${var.route.prefix}/(mcp.*|readyz)$",
    "^/\\.well-known/.*${var.route.prefix}/.*$",
    "^/\\.well-known/oauth-authorization-server$",
  ] : []

  # Who asks with this header gets the tasks that are being tried, before anybody else does.
  trial = local.blue_green ? { name = "X-Deployment", value = "green" } : null
  rules = merge(
    local.blue_green ? { trial = { priority = var.route.priority, headers = [local.trial] } } : {},
    { production = { priority = var.route.priority + 1, headers = [] } },
  )
}

resource "aws_lb_listener_rule" "main" {
  for_each = local.rules

  listener_arn = var.balancer.listener_arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = local.blue_green ? null : aws_lb_target_group.main["first"].arn

    dynamic "forward" {
      for_each = local.blue_green ? [aws_lb_target_group.main] : []

      content {
        dynamic "target_group" {
          for_each = forward.value

          content {
            arn    = target_group.value.arn
            weight = target_group.key == "first" ? 100 : 0
          }
        }
      }
    }
  }

  condition {
    host_header {
      values = [var.route.host]
    }
  }

  condition {
    path_pattern {
      values       = var.route.root ? null : local.paths
      regex_values = var.route.root ? local.expressions : null
    }
  }

  dynamic "condition" {
    for_each = each.value.headers

    content {
      http_header {
        http_header_name = condition.value.name
        values           = [condition.value.value]
      }
    }
  }

  # The server knows only /mcp.
  dynamic "transform" {
    for_each = var.route.prefix == "" ? [] : [var.route.prefix]

    content {
      type = "url-rewrite"

      url_rewrite_config {
        rewrite {
          regex   = "^(/\\.well-known/[^/]+|)${transform.value}/(.*)$"
          replace = "$1/$2"
        }
      }
    }
  }

  # Where traffic goes is ECS' to say once the rule is made.
  lifecycle {
    ignore_changes       = [action]
    replace_triggered_by = [aws_lb_target_group.main["first"].arn]
  }
}

# Services call one another straight, by a name in the network's own zone: nothing to pay, nothing beside the task, no way out to the
# internet and back in through the firewall. Service Connect would put a proxy into every task, a second balancer costs 20 dollars. It is
# plain HTTP between two security groups that name each other, as it is from the balancer, and every call carries a key.
resource "aws_service_discovery_service" "main" {
  name          = var.service
  description   = "Tasks of ${local.full_name}"
  force_destroy = true

  dns_config {
    namespace_id   = var.namespace_id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }

  # Healthy is what ECS says. The provider calls the argument deprecated and AWS takes nothing but 1; without it the provider makes no
  # such check, and every plan would make the service anew (hashicorp/terraform-provider-aws, issue 44285).
  health_check_custom_config {
    failure_threshold = 1
  }
}
