#!/usr/bin/env python3
"""invariants.py - what must hold for everything in an environment, whichever module it comes from.

    terraform test -json -verbose … | invariants.py ENVIRONMENT

Reads the state that a test with a mocked provider prints, and looks at all of its resources at once, so that
something added in an unexpected place is seen too. The last line counts.
"""
import json
import pathlib
import re
import sys

LISTED = json.loads((pathlib.Path(__file__).parents[2] / "services.json").read_text())
# (an alarm of CloudWatch's, its entry), as the table at the top of docs/on-call.md has them; those of Prometheus have capitals.
TABLE = (pathlib.Path(__file__).parents[2] / "docs/on-call.md").read_text().split("\n## ")[0]
BOOK = {(alarm, entry) for alarms, entry in re.findall(r"^\| (`.*`) \| .* \| \[.*\]\(#([\w-]+)\) \|$", TABLE, re.M)
        for alarm in re.findall(r"`([a-z-]+)`", alarms)}
RULES = []
ANYWHERE = ("0.0.0.0/0", "::/0")


def rule(words):
    def add(function):
        RULES.append((words, function))
        return function
    return add


class Made:
    """Everything that would be made, by its type."""

    def __init__(self, lines, environment):
        self.environment = environment
        self.resources = []
        self.outputs = {}
        for line in lines:
            if not line.startswith("{"):
                continue
            message = json.loads(line)
            if message.get("type") == "test_state":
                self.collect(message["test_state"]["root_module"])
                self.outputs.update({name: each["value"] for name, each in message["test_state"]["outputs"].items()})

    def collect(self, module):
        self.resources += [r for r in module.get("resources", []) if r["mode"] == "managed"]
        for child in module.get("child_modules", []):
            self.collect(child)

    def of(self, *types):
        return [(r["address"], r["values"]) for r in self.resources if r["type"] in types]

    def containers(self):
        return [(address, container) for address, values in self.of("aws_ecs_task_definition")
                for container in json.loads(values["container_definitions"])]

    def services(self):
        return [(a, c) for a, c in self.containers() if c.get("command") != ["setup"]]

    def statements(self):
        """Each statement of each policy there is, whatever the attribute is called."""
        for resource in self.resources:
            for name, value in resource["values"].items():
                if re.fullmatch(r"(.*_)?policy(_document)?", name) and isinstance(value, str) and value.startswith("{"):
                    for statement in json.loads(value).get("Statement", []):
                        yield f'{resource["address"]}.{name}', resource["type"], statement

    def public_subnets(self):
        """Those whose table of routes leads to an internet gateway: not what they are called, but what they are."""
        tables = {v["route_table_id"] for _, v in self.of("aws_route") if v.get("gateway_id")}
        return {v["subnet_id"] for _, v in self.of("aws_route_table_association") if v["route_table_id"] in tables}

    def says(self, name, value):
        """Whether the environment's own file says so, at its top."""
        words = (pathlib.Path(__file__).parents[1] / f"environments/{self.environment}.tfvars").read_text()
        return re.search(rf"^{name}\s*=\s*{value}", words, re.MULTILINE) is not None

    def has_nat(self):
        return bool(self.of("aws_nat_gateway"))


def many(value):
    return value if isinstance(value, list) else [value]


def wrong(pairs, fine):
    return [address for address, values in pairs if not fine(values)]


def environment_of(container):
    return {each["name"]: each["value"] for each in container["environment"]}


def has_database(name):
    return LISTED[name].get("database", True)


# ---- Network ----

@rule("there are public subnets and private ones")
def _(made):
    public = made.public_subnets()
    return [] if public and len(made.of("aws_subnet")) == 2 * len(public) else ["aws_subnet"]


@rule("no task and no database is in a public subnet")
def _(made):
    public = made.public_subnets()
    tasks = wrong(made.of("aws_ecs_service"), lambda v: not public & set(v["network_configuration"][0]["subnets"]))
    return tasks + wrong(made.of("aws_db_subnet_group"), lambda v: not public & set(v["subnet_ids"]))


@rule("nothing but the load balancer is in a public subnet, and it is in no other")
def _(made):
    public = made.public_subnets()
    return (wrong(made.of("aws_lb"), lambda v: set(v["subnets"]) <= public)
            + wrong(made.of("aws_vpc_endpoint"), lambda v: not public & set(v["subnet_ids"] or [])))


@rule("no task has a public address")
def _(made):
    return wrong(made.of("aws_ecs_service"), lambda v: v["network_configuration"][0]["assign_public_ip"] is False)


@rule("from everywhere only the balancer's 80 and 443 are reached")
def _(made):
    balancers = {group for _, v in made.of("aws_lb") for group in v["security_groups"]}
    return wrong(made.of("aws_vpc_security_group_ingress_rule"),
                 lambda v: v["cidr_ipv4"] is None and v["cidr_ipv6"] is None
                 or v["cidr_ipv4"] in ANYWHERE and v["security_group_id"] in balancers
                 and v["from_port"] == v["to_port"] in (80, 443))


@rule("to everywhere only tasks behind a NAT gateway go, on 443")
def _(made):
    tasks = {group for _, v in made.of("aws_ecs_service") for group in v["network_configuration"][0]["security_groups"]}
    return wrong(made.of("aws_vpc_security_group_egress_rule"),
                 lambda v: v["cidr_ipv4"] is None and v["cidr_ipv6"] is None
                 or made.has_nat() and v["security_group_id"] in tasks and v["from_port"] == v["to_port"] == 443)


@rule("every rule of a security group is for one port of TCP")
def _(made):
    return wrong(made.of("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
                 lambda v: v["ip_protocol"] == "tcp" and v["from_port"] == v["to_port"] is not None)


@rule("no security group has rules of its own")
def _(made):
    return (wrong(made.of("aws_security_group"), lambda v: not v["ingress"] and not v["egress"])
            + [a for a, _ in made.of("aws_security_group_rule", "aws_default_security_group")])


@rule("every network has flow logs, and nothing in it is in its default security group")
def _(made):
    logged = {v["vpc_id"] for _, v in made.of("aws_flow_log") if v["traffic_type"] == "ALL"}
    return ([a for a, v in made.of("aws_vpc") if v["id"] not in logged]
            + wrong(made.of("aws_lb"), lambda v: v["security_groups"])
            + wrong(made.of("aws_db_instance"), lambda v: v["vpc_security_group_ids"])
            + wrong(made.of("aws_ecs_service"), lambda v: v["network_configuration"][0]["security_groups"])
            + [a for a, v in made.of("aws_vpc_endpoint") if v["vpc_endpoint_type"] == "Interface" and not v["security_group_ids"]])


# ---- Load balancer ----

@rule("connections to the balancer live 4000 s, and servers keep theirs longer")
def _(made):
    return (wrong(made.of("aws_lb"), lambda v: v["idle_timeout"] == 4000)
            + wrong(made.services(), lambda c: int(environment_of(c)["IDLE_TIMEOUT"].rstrip("s")) > 4000))


@rule("HTTPS speaks TLS 1.2 and 1.3; HTTP only sends there")
def _(made):
    return wrong(made.of("aws_lb_listener"),
                 lambda v: v["protocol"] == "HTTPS" and v["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
                 or v["protocol"] == "HTTP" and v["default_action"][0]["type"] == "redirect"
                 and v["default_action"][0]["redirect"][0]["protocol"] == "HTTPS")


@rule("every balancer has a firewall and access logs")
def _(made):
    guarded = {v["resource_arn"] for _, v in made.of("aws_wafv2_web_acl_association")}
    return wrong(made.of("aws_lb"), lambda v: v["arn"] in guarded and v["access_logs"][0]["enabled"])


@rule("the firewall lets in only who was named")
def _(made):
    sets = {v["name"]: v["addresses"] for _, v in made.of("aws_wafv2_ip_set")}
    guards = [any(r["priority"] == 1 and r["action"][0]["block"] for r in v["rule"]) for _, v in made.of("aws_wafv2_web_acl")]
    return [name for name, addresses in sets.items() if any(a.endswith("/0") for a in addresses)] + (
        [] if guards and all(guard == made.says("allowed_addresses", r"\[") for guard in guards) else ["who was named, or everybody where nobody was"])


@rule("targets have 90 s to finish, are asked for /readyz, and no session sticks to one")
def _(made):
    return wrong(made.of("aws_lb_target_group"),
                 lambda v: int(v["deregistration_delay"]) == 90 and v["health_check"][0]["path"] == "/readyz"
                 and v["load_balancing_algorithm_type"] == "least_outstanding_requests" and not v["stickiness"][0]["enabled"])


@rule("a failover of the database, of at most 120 s, makes no target unhealthy, or ECS would replace every task")
def _(made):
    return wrong(made.of("aws_lb_target_group"), lambda v: v["health_check"][0]["interval"] * (v["health_check"][0]["unhealthy_threshold"] - 1) > 120)


@rule("rules have their own priorities, a host each, and no more values than the balancer takes")
def _(made):
    rules = made.of("aws_lb_listener_rule")
    priorities = [v["priority"] for _, v in rules]

    def fine(values):
        hosts = [h for c in values["condition"] for h in c["host_header"]]
        counts = [len(part["values"] or []) + len(part["regex_values"] or []) for c in values["condition"] for part in c["host_header"] + c["path_pattern"] + c["http_header"]]
        return len(hosts) == 1 and sum(counts) <= 5 and max(counts) <= 3 and priorities.count(values["priority"]) == 1
    return wrong(rules, fine) if rules else ["aws_lb_listener_rule"]


# ---- Tasks ----

@rule("every service that is listed is there, and no other")
def _(made):
    return sorted(LISTED.keys() ^ {v["name"] for _, v in made.of("aws_ecs_service")})


@rule("the rules of a service are in its own ten priorities, whatever else is listed")
def _(made):
    return [a for a, v in made.of("aws_lb_listener_rule")
            if v["priority"] // 10 * 10 != LISTED[re.search(r'service\["(\w+)"\]', a)[1]]["priority"]]


@rule("a deployment that fails goes back, also by alarm, and leaves no gap")
def _(made):
    return wrong(made.of("aws_ecs_service"),
                 lambda v: v["deployment_circuit_breaker"] == [{"enable": True, "rollback": True}]
                 and v["alarms"][0]["enable"] and v["alarms"][0]["rollback"] and v["alarms"][0]["alarm_names"]
                 and v["deployment_minimum_healthy_percent"] == 100 and v["deployment_maximum_percent"] == 200)


@rule("no task starts before a release starts it, and what runs can be gone back to")
def _(made):
    return (wrong(made.of("aws_ecs_service"), lambda v: v["desired_count"] == 0)
            + wrong(made.of("aws_appautoscaling_target"), lambda v: v["min_capacity"] == 0)
            + wrong([(a, v) for a, v in made.of("aws_ecs_task_definition") if ".setup" not in a], lambda v: v["skip_destroy"] is True))


@rule("in prod what is new is tried before anybody gets it, unless it was said otherwise")
def _(made):
    rolling = made.says("deployment", r'{\s*strategy\s*=\s*"ROLLING"')
    return wrong(made.of("aws_ecs_service") if made.environment == "prod" and not rolling else [],
                 lambda v: v["deployment_configuration"][0]["strategy"] == "BLUE_GREEN")


@rule("the alarms that send a deployment back exist")
def _(made):
    alarms = {v["alarm_name"] for _, v in made.of("aws_cloudwatch_metric_alarm")}
    return wrong(made.of("aws_ecs_service"), lambda v: set(v["alarms"][0]["alarm_names"]) <= alarms)


# Where nobody signs in, the alarms of that are not there, nor those of traces, models or a table where there are none.
@rule("each alarm says which entry of docs/on-call.md it is about, as the table there has it; and the table has no other")
def _(made):
    whose = rf"^{made.of('aws_ecs_cluster')[0][1]['name']}-(({'|'.join(LISTED)})-)?"
    said = {(re.sub(whose, "", v["alarm_name"]), v["alarm_description"].rpartition(" docs/on-call.md#")[2])
            for _, v in made.of("aws_cloudwatch_metric_alarm")}
    whole = all(any(name in environment_of(c) for _, c in made.services()) for name in ("HISTORY", "MODELS", "OAUTH_ISSUER", "OTEL_EXPORTER_OTLP_ENDPOINT"))
    return sorted(map(str, said - BOOK)) + sorted(map(str, BOOK - said if whole else []))


@rule("no container is root, writes to its files, or has a capability")
def _(made):
    return wrong(made.containers(),
                 lambda c: re.fullmatch(r"[1-9]\d*:[1-9]\d*", c["user"]) and c["readonlyRootFilesystem"] is True
                 and c["privileged"] is False and c["linuxParameters"]["capabilities"] == {"add": [], "drop": ["ALL"]})


@rule("a container may take 120 s to stop")
def _(made):
    return wrong(made.containers(), lambda c: c["stopTimeout"] == 120)


@rule("logs are non-blocking with a buffer of 25 MB")
def _(made):
    return wrong(made.containers(), lambda c: c["logConfiguration"]["options"]["mode"] == "non-blocking"
                 and c["logConfiguration"]["options"]["max-buffer-size"] == "25m")


@rule("every secret is a reference to Secrets Manager, by its JSON key")
def _(made):
    return wrong(made.containers(), lambda c: c["secrets"] and all(
        re.fullmatch(r"arn:aws:secretsmanager:[^:]+:\d+:secret:[^:]+:[A-Za-z_]+::", s["valueFrom"]) for s in c["secrets"]))


@rule("no plain setting is a secret, or has a password in a URL")
def _(made):
    return wrong(made.containers(), lambda c: not any(
        re.search(r"(KEYS?|PASSWORD|SECRET|TOKEN|USER)$", name) or re.search(r"://[^/@?]*@", value)
        for name, value in environment_of(c).items()))


@rule("no service runs without keys")
def _(made):
    return wrong(made.services(), lambda c: environment_of(c)["AUTH"] == ("both" if "OAUTH_ISSUER" in environment_of(c) else "keys")
                 and "API_KEYS" in {s["name"] for s in c["secrets"]})


def models_of(container):
    said = environment_of(container)
    return said.get("MODELS", "") + "," + said.get("JUDGE_MODEL", "")


@rule("who asks models of OpenAI has the key as a secret, and nobody else is told of models")
def _(made):
    return wrong(made.services(), lambda c: "openai:" in models_of(c) or "OPENAI_KEY" not in {s["name"] for s in c["secrets"]}) + wrong(
        made.services(), lambda c: LISTED[c["name"]].get("models") or not {"MODELS", "JUDGE_MODEL", "OPENAI_URL", "GUARDRAIL"} & environment_of(c).keys())


@rule("only a setup is given the master's password")
def _(made):
    return wrong(made.services(), lambda c: not any("rds!" in s["valueFrom"] for s in c["secrets"]))


@rule("every image is named by digest, or by a tag that is not moved")
def _(made):
    return wrong(made.containers(), lambda c: re.search(r"@sha256:[0-9a-f]{64}$|:(?!latest$)[\w.-]+$", c["image"]))


@rule("a service that is called answers to the name it is called by")
def _(made):
    settings = {c["name"]: environment_of(c) for _, c in made.services()}
    called = [(name[:-4].lower(), value) for each in settings.values() for name, value in each.items()
              if name.endswith("_URL") and name[:-4].lower() in settings]
    return [url for callee, url in called
            if re.match(r"http://([^:/]+):", url)[1] not in settings[callee]["PUBLIC_HOSTS"].split(",")
            or f':{settings[callee]["PORT"]}/mcp' not in url] if called else ["nobody calls anybody"]


@rule("whoever checks tokens says whose count, for whom, and what a sign-in asks for")
def _(made):
    pools = [v for _, v in made.of("aws_cognito_user_pool")]
    told = [(a, environment_of(c)) for a, c in made.services() if "OAUTH_ISSUER" in environment_of(c)]
    clients = {v["id"] for _, v in made.of("aws_cognito_user_pool_client")}
    servers = {v["identifier"]: v for _, v in made.of("aws_cognito_resource_server")}
    return [a for a, e in told if not (e["OAUTH_ISSUER"].startswith("https://") and e["PUBLIC_URL"].startswith("https://"))] + [
        a for a, e in told if pools and not (
            set(e["OAUTH_CLIENTS"].split(",")) & clients and e["OAUTH_SCOPE_PREFIX"] == e["PUBLIC_URL"] + "/" and e["PUBLIC_URL"] in servers
            and set(filter(None, e.get("OAUTH_SCOPES", "").split(","))) <= {s["scope_name"] for s in servers[e["PUBLIC_URL"]]["scope"]})] + (
        [] if not pools or len(told) == len(made.of("aws_ecs_service")) else ["a service is not told"])


@rule("nobody lets themselves into the pool of people, and it is not deleted by mistake where nothing else is")
def _(made):
    protected = all(v["enable_deletion_protection"] for _, v in made.of("aws_lb"))
    return wrong(made.of("aws_cognito_user_pool"), lambda v: v["admin_create_user_config"][0]["allow_admin_create_user_only"]
                 and (v["deletion_protection"] == "ACTIVE") == protected and v["mfa_configuration"] in ("OPTIONAL", "ON"))


# ---- Rights ----

@rule("no policy allows an action with a * in it")
def _(made):
    return [where for where, _, s in made.statements()
            if s["Effect"] == "Allow" and any("*" in action for action in many(s.get("Action", "*")))]


@rule("a policy allows something on everything only where no resource can be named")
def _(made):
    return [where for where, kind, s in made.statements()
            if s["Effect"] == "Allow" and "*" in many(s.get("Resource", [])) and kind != "aws_vpc_endpoint"
            and ".aws_iam_role_policy.task[" not in where  # what a program reads: rights.mjs asks IAM's own list of each
            and many(s["Action"]) not in (["ecr:GetAuthorizationToken"], ["logs:DescribeLogGroups"])
            and not all(action.startswith("elasticloadbalancing:Describe") for action in many(s["Action"]))]


@rule("nobody is allowed anything just for being anybody")
def _(made):
    return [where for where, kind, s in made.statements()
            if s["Effect"] == "Allow" and s.get("Principal") in ("*", {"AWS": "*"}) and "Condition" not in s
            and not (kind == "aws_vpc_endpoint" and many(s["Action"]) == ["s3:GetObject"])]


@rule("whoever AWS lets take a role does it for this account alone")
def _(made):
    return [where for where, kind, s in made.statements()
            if kind == "aws_iam_role" and where.endswith("assume_role_policy") and "aws:SourceAccount" not in json.dumps(s.get("Condition"))
            and ".traffic[" not in where  # for this role AWS documents no condition; who may pass it is of this account
            and not (s["Principal"] == {"Federated": "cognito-identity.amazonaws.com"} and s["Condition"]["StringEquals"]["cognito-identity.amazonaws.com:aud"] in
                     [v["id"] for _, v in made.of("aws_cognito_identity_pool")])]


@rule("every role is within the boundary")
def _(made):
    return wrong(made.of("aws_iam_role"), lambda v: (v["permissions_boundary"] or "").endswith("-boundary") and v["path"] != "/")


@rule("a task's program has no right in AWS, but one whose entry in services.json says so, and who asks models only where some are Bedrock's, who keeps a table only where there is one")
def _(made):
    def may(name):
        asked = [models_of(c) for _, c in made.services() if c["name"] == name]
        kept = any("HISTORY" in environment_of(c) for _, c in made.services() if c["name"] == name)
        return "aws" in LISTED[name] or kept or LISTED[name].get("models", False) and "bedrock:" in "".join(asked)
    programs = {v["task_role_arn"] for _, v in made.of("aws_ecs_task_definition")}
    roles = [(re.search(r'service\["(\w+)"\]', a)[1], v["id"]) for a, v in made.of("aws_iam_role") if a.endswith(".task")]
    having = {v["role"] for _, v in made.of("aws_iam_role_policy", "aws_iam_role_policy_attachment")}
    return [name for name, role in roles if (role in having) != may(name)] + (
        [] if programs and roles else ["no role of a task was found"])


# ---- Data ----

@rule("no secret's value is in the state")
def _(made):
    return [a for a, _ in made.of("aws_secretsmanager_secret_version")] + [
        a for a, v in made.of("aws_cognito_user_pool_client") if v["generate_secret"]] + [
        r["address"] for r in made.resources
        if any(r["values"].get(name) for name in ("password", "secret_string", "secret_binary", "master_password"))]


@rule("the database is PostgreSQL 17, encrypted, private, with the password in RDS's hands")
def _(made):
    return wrong(made.of("aws_db_instance"),
                 lambda v: v["engine"] == "postgres" and v["engine_version"].startswith("17") and v["storage_encrypted"] and v["kms_key_id"]
                 and v["publicly_accessible"] is False and v["manage_master_user_password"] and v["iam_database_authentication_enabled"]
                 and v["performance_insights_enabled"] and v["backup_retention_period"] > 0 and v["skip_final_snapshot"] is False)


@rule("the database takes no connection without TLS, and has to show who it is")
def _(made):
    return wrong(made.of("aws_db_parameter_group"), lambda v: {"rds.force_ssl": "1"}.items() <= {p["name"]: p["value"] for p in v["parameter"]}.items()) + wrong(
        [(a, c) for a, c in made.containers() if has_database(c["name"])],
        lambda c: re.search(r"[?&]sslmode=verify-full&sslrootcert=/", environment_of(c)["DATABASE_URL"]))


@rule("every bucket is private, encrypted, and reached over TLS alone")
def _(made):
    kinds = ("aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_policy")
    have = [{v["bucket"] for _, v in made.of(kind)} for kind in kinds]
    closed = {where for where, kind, s in made.statements() if kind == "aws_s3_bucket_policy" and s["Effect"] == "Deny" and "aws:SecureTransport" in json.dumps(s)}
    return [a for a, v in made.of("aws_s3_bucket") if not all(v["id"] in of for of in have)] + (
        [] if len(closed) == len(made.of("aws_s3_bucket")) else ["a bucket's policy does not insist on TLS"])


@rule("a page is read over HTTPS alone, by its own bucket's files, with every header that its service's file names, and is logged")
def _(made):
    if not made.of("aws_cloudfront_distribution"):
        return []
    headers = {v["id"]: v for _, v in made.of("aws_cloudfront_response_headers_policy")}
    logged = {v["resource_arn"] for _, v in made.of("aws_cloudwatch_log_delivery_source")}
    readers = {s["Condition"]["StringEquals"]["aws:SourceArn"] for _, kind, s in made.statements()
               if kind == "aws_s3_bucket_policy" and s["Sid"] == "CloudFrontReads"}
    named = {header for name in LISTED if "web" in LISTED[name]
             for header in json.loads((pathlib.Path(__file__).parents[2] / name / "web/headers.json").read_text())["every"]}

    def sent(policy):
        fields = {"content_security_policy": "Content-Security-Policy", "content_type_options": "X-Content-Type-Options", "referrer_policy": "Referrer-Policy"}
        return ({fields[name] for name, value in policy["security_headers_config"][0].items() if value and name in fields}
                | {item["header"] for item in policy["custom_headers_config"][0]["items"]})

    def fine(values):
        behaviour, policy = values["default_cache_behavior"][0], headers[values["default_cache_behavior"][0]["response_headers_policy_id"]]
        return (behaviour["viewer_protocol_policy"] == "redirect-to-https" and not values["ordered_cache_behavior"]
                and values["viewer_certificate"][0]["minimum_protocol_version"] == "TLSv1.2_2021"
                and len(values["origin"]) == 1 and values["origin"][0]["origin_access_control_id"]
                and named <= sent(policy) and policy["security_headers_config"][0]["strict_transport_security"]
                and values["arn"] in logged and values["arn"] in readers)
    return wrong(made.of("aws_cloudfront_distribution"), fine)


@rule("who opens a page is a guest who may tell its monitor how it went, and nothing else; and there are guests nowhere else")
def _(made):
    monitors = {v["name"]: v for _, v in made.of("aws_rum_app_monitor")}
    pools = {v["id"] for _, v in made.of("aws_cognito_identity_pool")}
    given = {v["roles"]["unauthenticated"]: v for _, v in made.of("aws_cognito_identity_pool_roles_attachment")}
    guests = {v["role"]: json.loads(v["policy"])["Statement"] for a, v in made.of("aws_iam_role_policy") if ".guest" in a}
    return (wrong(made.of("aws_cognito_identity_pool"), lambda v: v["allow_classic_flow"] is False and not v["cognito_identity_providers"])
            + [arn for arn, v in given.items() if list(v["roles"]) != ["unauthenticated"] or v["identity_pool_id"] not in pools]
            + [role for role, s in guests.items() if len(s) != 1 or s[0]["Action"] != ["rum:PutRumEvents"] or s[0]["Resource"].split("/")[-1] not in monitors]
            + wrong(made.of("aws_rum_app_monitor"), lambda v: v["app_monitor_configuration"][0]["allow_cookies"] is False and not v["cw_log_enabled"])
            + ([] if len(pools) == len(monitors) == len(given) == len(guests) else ["a page is told to measure, and nobody may"]))


@rule("a service lets its page call, and the page asks no more names than that, where people sign in, and whom it tells how it went")
def _(made):
    settings = {c["name"]: environment_of(c) for _, c in made.services()}
    pages = {json.loads(v["content"])["api"] for _, v in made.of("aws_s3_object")}
    hosts = {f"https://{name}" for _, v in made.of("aws_cloudfront_distribution") for name in v["aliases"]}
    called = [each for each in settings.values() if each["PUBLIC_URL"] in pages]
    allowed = {origin for each in called for origin in each["ALLOWED_ORIGINS"].split(",")}
    asked = [re.search(r"connect-src 'self' ([^;]*)", v["security_headers_config"][0]["content_security_policy"][0]["content_security_policy"])[1].split()
             for _, v in made.of("aws_cloudfront_response_headers_policy")]
    known = ({re.match(r"https://[^/]+", each["PUBLIC_URL"])[0] for each in called}
             | {re.match(r"https://[^/]+", each["OAUTH_ISSUER"])[0] for each in called if "OAUTH_ISSUER" in each}
             | {f'https://{v["domain"]}.auth.us-east-1.amazoncognito.com' for _, v in made.of("aws_cognito_user_pool_domain")}
             | {f"https://{name}.us-east-1.amazonaws.com" for name in ("dataplane.rum", "cognito-identity") if made.of("aws_rum_app_monitor")})
    return sorted(hosts - allowed) + [origin for each in asked for origin in each if origin not in known] + (
        [] if len(called) == len(hosts) else ["a page is told of no service"]) + [
        f"{host}/" for host in hosts for _, v in made.of("aws_cognito_user_pool_client") if f"{host}/" not in v["callback_urls"]]


@rule("a table is what its service's file says, encrypted, forgets by itself, can be restored, and is reached by its service alone, without the internet")
def _(made):
    told = {c["name"]: environment_of(c)["HISTORY"] for _, c in made.services() if "HISTORY" in environment_of(c)}
    tables = {f'dynamodb:{v["name"]}': v for _, v in made.of("aws_dynamodb_table")}
    ways = [json.loads(v["policy"])["Statement"] for _, v in made.of("aws_vpc_endpoint") if v["service_name"].endswith(".dynamodb")]
    opened = [a for a, _ in made.of("aws_vpc_security_group_egress_rule") if ".dynamodb[" in a]

    def fine(name, table):
        file = json.loads((pathlib.Path(__file__).parents[2] / name / LISTED[name]["table"]).read_text())
        keys = {"HASH": table["hash_key"], "RANGE": table["range_key"]}
        indexes = {i["name"]: ([("HASH", i["hash_key"]), ("RANGE", i["range_key"])], set(i["non_key_attributes"] or [])) for i in table["global_secondary_index"]}
        return (keys == {k["KeyType"]: k["AttributeName"] for k in file["KeySchema"]} and table["billing_mode"] == file["BillingMode"]
                and indexes == {i["IndexName"]: ([(k["KeyType"], k["AttributeName"]) for k in i["KeySchema"]], set(i["Projection"].get("NonKeyAttributes", [])))
                                for i in file["GlobalSecondaryIndexes"]}
                and {(a["name"], a["type"]) for a in table["attribute"]} == {(a["AttributeName"], a["AttributeType"]) for a in file["AttributeDefinitions"]}
                and table["ttl"][0]["enabled"] and table["server_side_encryption"][0]["kms_key_arn"] and table["point_in_time_recovery"][0]["enabled"])
    return (sorted(set(told.values()) ^ tables.keys()) + [name for name, where in told.items() if where in tables and not fine(name, tables[where])]
            + ([] if len(opened) == len(told) and len(ways) == bool(told) else ["the way there"])
            + [s for each in ways for s in each if "*" in s["Resource"] or not s["Condition"]])


@rule("every log group is encrypted and ends some day")
def _(made):
    return wrong(made.of("aws_cloudwatch_log_group"), lambda v: v["kms_key_id"] and v["retention_in_days"])


@rule("in prod nothing is deleted by mistake, and what can fail is there twice")
def _(made):
    if made.environment != "prod":
        return []
    return (wrong(made.of("aws_lb"), lambda v: v["enable_deletion_protection"] is True)
            + wrong(made.of("aws_db_instance"), lambda v: v["deletion_protection"] is True and v["multi_az"] is True and v["backup_retention_period"] >= 7)
            + [name for name, service in made.outputs["services"].items() if service["minimum"] < (2 if has_database(name) else 1)]
            + wrong(made.of("aws_s3_bucket"), lambda v: not v["force_destroy"])
            + wrong(made.of("aws_dynamodb_table"), lambda v: v["deletion_protection_enabled"])
            + [a for a, _ in made.of("aws_appautoscaling_scheduled_action")])


@rule("where there is a schedule every service sleeps, elsewhere none")
def _(made):
    asleep = [a for a, v in made.of("aws_appautoscaling_scheduled_action") if v["scalable_target_action"][0]["max_capacity"] == "0"]
    wanted = len(made.of("aws_ecs_service")) if made.says("schedule", "{") else 0
    return [] if len(asleep) == wanted else ["aws_appautoscaling_scheduled_action"]


# ---- Watching ----

@rule("every alarm is heard")
def _(made):
    topics = {v["arn"] for _, v in made.of("aws_sns_topic")}
    return wrong(made.of("aws_cloudwatch_metric_alarm"), lambda v: v["alarm_actions"] and set(v["alarm_actions"]) <= topics and v["actions_enabled"] is not False)


@rule("every service scales on processor, requests and open streams")
def _(made):
    measures = {}
    for _, v in made.of("aws_appautoscaling_policy"):
        at = v["target_tracking_scaling_policy_configuration"][0]
        measures.setdefault(v["resource_id"], set()).update(
            [m["predefined_metric_type"] for m in at["predefined_metric_specification"]]
            + [m["metric_name"] for m in at["customized_metric_specification"] if m["metric_name"]]
            + [s["metric"][0]["metric_name"] for m in at["customized_metric_specification"] for each in m["metrics"] for s in each["metric_stat"]])
    return [a for a, v in made.of("aws_appautoscaling_target")
            if measures.get(v["resource_id"]) != {"ECSServiceAverageCPUUtilization", "RequestCountPerTarget", "OpenStreams"}]


@rule("the budget tells at 50, 80 and 100 percent")
def _(made):
    return wrong(made.of("aws_budgets_budget"), lambda v: {50, 80, 100} <= {n["threshold"] for n in v["notification"] if n["notification_type"] == "ACTUAL"})


# ---- What only AWS would say ----

@rule("no name is longer than AWS takes")
def _(made):
    longest = {"aws_lb": 32, "aws_lb_target_group": 32, "aws_iam_role": 64, "aws_db_instance": 63, "aws_s3_bucket": 63, "aws_ecs_service": 255}
    return [f'{a}: {v.get("name") or v.get("identifier") or v.get("bucket")}' for kind, most in longest.items()
            for a, v in made.of(kind) if len(v.get("name") or v.get("identifier") or v.get("bucket")) > most]


@rule("no description has a character that its service does not take")
def _(made):
    taken = {"aws_wafv2_ip_set": r"[\w+=:#@/\-,. ]+", "aws_wafv2_web_acl": r"[\w+=:#@/\-,. ]+",
             "aws_security_group": r"[\w. :/()#,@\[\]+=&;{}!$*-]{1,255}",
             "aws_vpc_security_group_ingress_rule": r"[\w. :/()#,@\[\]+=&;{}!$*-]{1,255}",
             "aws_vpc_security_group_egress_rule": r"[\w. :/()#,@\[\]+=&;{}!$*-]{1,255}",
             "aws_iam_role": r"[\t\n\r -~\xa1-\xff]{0,1000}"}
    return [a for kind, pattern in taken.items() for a, v in made.of(kind) if not re.fullmatch(pattern, v["description"] or "-")]


@rule("no policy is longer than AWS takes")
def _(made):
    return wrong(made.of("aws_iam_policy", "aws_iam_role_policy"), lambda v: len(v["policy"]) <= 6144)


def main():
    environment = sys.argv[1]
    made = Made(sys.stdin, environment)
    failed = 0
    if not made.resources:
        print(f"{environment}: there is nothing to look at; did the test run with -json -verbose?")
        failed += 1
    for words, check in RULES if made.resources else []:
        try:
            found = check(made)
        except (KeyError, IndexError, TypeError) as problem:
            found = [f"can't be told: {problem!r}"]
        if found:
            failed += 1
            print(f"{environment}: it does not hold that {words}:")
            for each in found:
                print(f"    {each}")
    print(f"{len(RULES) - failed if made.resources else 0} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
