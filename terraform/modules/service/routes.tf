# How requests get to the tasks: from outside through the balancer, from other services by name.
resource "aws_lb_target_group" "main" {
  # checkov:skip=CKV_AWS_378:The balancer ends TLS; from there it is two security groups that name each other, in a network of our own
  name                          = local.full_name
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
}

# A rule takes at most five values, and three a condition are the documented bound: so two rules.
locals {
  rules = {
    endpoint = {
      priority = var.route.priority
      paths    = ["${var.route.prefix}/mcp", "${var.route.prefix}/mcp/*"]
      regex    = "^${var.route.prefix}/mcp(.*)$"
      replace  = "/mcp$1"
    }
    ready = {
      priority = var.route.priority + 1
      paths    = ["${var.route.prefix}/readyz"]
      regex    = "^${var.route.prefix}/readyz$"
      replace  = "/readyz"
    }
    # The path of the endpoint stands behind the well-known name: /.well-known/oauth-protected-resource/products/mcp
    well-known = {
      priority = var.route.priority + 2
      paths    = [var.route.prefix == "" ? "/.well-known/*" : "/.well-known/*${var.route.prefix}/*"]
      regex    = "^/\\.well-known/([^/]+)${var.route.prefix}/(.*)$"
      replace  = "/.well-known/$1/$2"
    }
  }
}

resource "aws_lb_listener_rule" "main" {
  for_each = local.rules

  listener_arn = var.balancer.listener_arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.main.arn
  }

  condition {
    host_header {
      values = [var.route.host]
    }
  }

  condition {
    path_pattern {
      values = each.value.paths
    }
  }

  # The server knows only /mcp.
  dynamic "transform" {
    for_each = var.route.prefix == "" ? [] : [each.value]

    content {
      type = "url-rewrite"

      url_rewrite_config {
        rewrite {
          regex   = transform.value.regex
          replace = transform.value.replace
        }
      }
    }
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

  # Healthy is what ECS says.
  health_check_custom_config {
    failure_threshold = 1
  }
}
