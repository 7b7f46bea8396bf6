#!/usr/bin/env python3
"""alarms.py - runs the planned alarms on made-up minutes, as CloudWatch documents that it evaluates them.

    terraform test -json -verbose … | alarms.py ENVIRONMENT

A story says minute by minute what a service did, and which alarm of each service has to ring or to be silent. Of what
is read the newest minute is late, as it often is. What CloudWatch does with gaps: "Configuring how CloudWatch alarms
treat missing data"; with expressions: "Using math expressions with CloudWatch metrics". The last line counts.
"""
import json
import math
import re
import sys

MINUTES = 240       # that a story lasts
LATE = 1            # minutes that have not arrived yet
LOOK_BACK = 2       # periods before the evaluated ones in which CloudWatch looks for points, where some are missing


# ---- Metric math: as much as the alarms use ----

TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(>=|<=|==|!=|[-+*/()<>,\[\]]))")


class Expression:
    """Parsed once; value() gives a point for each period, or None where there is none."""

    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            match = TOKEN.match(text, at)
            if not match:
                raise ValueError(f"what is {text[at:]!r}?")
            self.tokens.append(match.group(match.lastindex))
            at = match.end()
        self.at = 0
        self.tree = self.either()
        if self.at < len(self.tokens):
            raise ValueError(f"what is {self.tokens[self.at]!r}?")

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, *wanted):
        if self.peek() not in wanted:
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def need(self, token):
        if not self.take(token):
            raise ValueError(f"{token!r} is missing before {self.peek()!r}")

    def left(self, operators, below):
        tree = below()
        while operator := self.take(*operators):
            tree = (operator, tree, below())
        return tree

    def either(self): return self.left(("OR",), self.both)
    def both(self): return self.left(("AND",), self.compared)
    def compared(self): return self.left((">", "<", ">=", "<=", "==", "!="), self.sum)
    def sum(self): return self.left(("+", "-"), self.product)
    def product(self): return self.left(("*", "/"), self.factor)

    def list_until(self, end):
        found = []
        while not self.take(end):
            found.append(self.either())
            if self.peek() != end:
                self.need(",")
        return found

    def factor(self):
        if self.take("("):
            tree = self.either()
            self.need(")")
            return tree
        if self.take("["):
            return ("[]", *self.list_until("]"))
        token = self.tokens[self.at]
        self.at += 1
        if re.match(r"\d", token):
            return ("number", float(token))
        if self.take("("):
            return (token, *self.list_until(")"))
        return ("metric", token)

    def value(self, metrics, count, tree=None):
        kind, *parts = tree or self.tree
        if kind == "number":
            return parts * count
        if kind == "metric":
            return metrics[parts[0]]
        if kind in ("SUM", "MAX", "MIN"):
            (inner, *members), = parts
            assert inner == "[]", f"{kind} of a list"
            points = zip(*[self.value(metrics, count, each) for each in members])
            fold = {"SUM": sum, "MAX": max, "MIN": min}[kind]
            return [fold(there) if (there := [p for p in at if p is not None]) else None for at in points]
        series = [self.value(metrics, count, each) for each in parts]
        if kind == "FILL":
            return [b if a is None else a for a, b in zip(*series)]
        if kind == "IF":
            return [None if test is None else a if test else b for test, a, b in zip(*series)]
        return [None if None in pair else calculate(kind, *pair) for pair in zip(*series)]


def calculate(operator, a, b):
    if operator == "/":
        return a / b if b else None
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, ">": lambda: a > b, "<": lambda: a < b, ">=": lambda: a >= b,
            "<=": lambda: a <= b, "==": lambda: a == b, "!=": lambda: a != b, "AND": lambda: bool(a and b), "OR": lambda: bool(a or b)}[operator]()


# ---- An alarm, from minute to minute ----

def percentile(points, which):
    points = sorted(points)
    return points[max(0, math.ceil(len(points) * which / 100) - 1)]


STATISTICS = {"Sum": sum, "Maximum": max, "Minimum": min, "Average": lambda points: sum(points) / len(points),
              "p95": lambda points: percentile(points, 95)}


class Alarm:
    def __init__(self, values):
        self.name = values["alarm_name"]
        self.periods = values["evaluation_periods"]
        self.needed = values["datapoints_to_alarm"] or self.periods
        self.missing = values["treat_missing_data"] or "missing"
        self.above = values["comparison_operator"] == "GreaterThanThreshold"
        self.threshold = values["threshold"]
        if values["metric_query"]:
            self.metrics = {q["id"]: q["metric"][0] for q in values["metric_query"] if q["metric"]}
            self.expression = Expression(next(q["expression"] for q in values["metric_query"] if q["return_data"]))
        else:
            self.metrics = {"it": {"metric_name": values["metric_name"], "stat": values["statistic"], "period": values["period"]}}
            self.expression = Expression("it")
        self.minutes, = {metric["period"] // 60 for metric in self.metrics.values()}

    def points(self, story, now):
        """A point for each period that is looked at, the newest last. Periods end now, and slide with it."""
        count = self.periods + LOOK_BACK
        read = {}
        for id, metric in self.metrics.items():
            minutes = story.get((metric["metric_name"], id.rpartition("_")[2])) or story.get((metric["metric_name"], None)) or {}
            read[id] = []
            for back in reversed(range(count)):
                end = now - back * self.minutes
                there = [minutes[m] for m in range(end - self.minutes + 1, end + 1) if m in minutes and m <= now - LATE]
                read[id].append(STATISTICS[metric["stat"]](there) if there else None)
        return self.expression.value(read, count)

    def state(self, story, now, before):
        points = self.points(story, now)
        real = [point for point in points if point is not None]
        bad = [point > self.threshold if self.above else point < self.threshold for point in real[-self.periods:]]
        gaps = self.periods - len(bad)
        if gaps <= 0 or sum(bad) >= self.needed:
            return "ALARM" if sum(bad) >= self.needed else "OK"
        if self.missing == "ignore":
            return before
        if self.missing == "missing":
            return "OK" if real else "INSUFFICIENT_DATA"
        return "ALARM" if sum(bad) + gaps * (self.missing == "breaching") >= self.needed else "OK"

    def rings(self, story):
        """At which minutes it is in ALARM, once there are as many behind it as it looks back."""
        state, found = "OK", []
        for now in range(25, MINUTES):
            state = self.state(story, now, state)
            if state == "ALARM":
                found.append(now)
        return found


# ---- Stories ----

def series(**metrics):
    """Metrics by name, each a function of the minute; None: no point."""
    return {(name, None): {m: v for m in range(MINUTES) if (v := of(m)) is not None} for name, of in metrics.items()}


def requests(each_minute, failing=lambda m: 0, seconds=lambda m: 0.05):
    """A balancer: it counts no 5xx where there were none, and no time where nobody asked."""
    return series(
        RequestCount=each_minute,
        HTTPCode_Target_5XX_Count=lambda m: failing(m) or None,
        TargetResponseTime=lambda m: seconds(m) if each_minute(m) else None,
        UnHealthyHostCount=lambda m: 0, CPUUtilization=lambda m: 20, MemoryUtilization=lambda m: 20)


def calls(each_minute, failing):
    return series(Calls=each_minute, Unavailable=failing, FailedStatements=failing, FailedCallsOut=failing)


def tasks(wanted, running):
    return series(DesiredTaskCount=wanted, RunningTaskCount=running)


def tokens(accepted=lambda m: 0, refused=lambda m: 0, addresses=lambda m: 0, failed=lambda m: 0, age=lambda m: None):
    return series(AcceptedTokens=accepted, RefusedTokens=refused, RefusedFrom=addresses, FailedKeyFetches=failed, KeysAge=age)


def every(n, of=1):
    return lambda m: of if m % n == 0 else None


def from_30(value, before=None):
    return lambda m: value if m >= 30 else before


ASLEEP = {}     # a service without tasks says nothing at all

# What happened, from minute 30 on; which alarm; by which minute it rings at the latest (None: never at all).
STORIES = [
    ("every request of a busy shop fails", "errors", requests(lambda m: 1000, from_30(1000, 0)), 36),
    ("one request a minute, and each fails", "errors", requests(lambda m: 1, from_30(1, 0)), 36),
    ("a request every two minutes, and each fails", "errors", requests(every(2), lambda m: 1 if m >= 30 and m % 2 == 0 else 0), 38),
    ("one request in a hundred fails", "errors", requests(lambda m: 1000, from_30(10, 0)), None),
    ("a single request fails", "errors", requests(lambda m: 1, lambda m: m == 40), None),
    ("nobody asks", "errors", requests(lambda m: None), None),
    ("it sleeps", "errors", ASLEEP, None),
    ("every answer takes two seconds", "latency", requests(lambda m: 1000, seconds=from_30(2, 0.05)), 36),
    ("one request a minute, of two seconds each", "latency", requests(lambda m: 1, seconds=from_30(2, 0.05)), 36),
    ("one slow minute", "latency", requests(lambda m: 1000, seconds=lambda m: 2 if m == 40 else 0.05), None),
    ("nobody asks", "latency", requests(lambda m: None), None),
    ("a task is not ready any more", "unhealthy", series(UnHealthyHostCount=from_30(1, 0)), 36),
    ("a task is not ready for two minutes", "unhealthy", series(UnHealthyHostCount=lambda m: 1 if m in (40, 41) else 0), None),
    ("it sleeps", "unhealthy", ASLEEP, None),
    ("every call of a busy shop is unavailable, with 200", "failures", calls(lambda m: 500, from_30(500, 0)), 40),
    ("a call every three minutes, and each fails", "failures", calls(lambda m: 1 - bool(m % 3), lambda m: 1 if m >= 30 and m % 3 == 0 else 0), 50),
    ("four calls are unavailable, of four", "failures", calls(lambda m: 0 if m % 5 else 1, lambda m: 1 if m in (40, 45, 50, 55) else 0), None),
    ("a third of the calls is unavailable", "failures", calls(lambda m: 30, from_30(10, 0)), 45),
    ("one in twenty is unavailable", "failures", calls(lambda m: 40, from_30(2, 0)), None),
    ("the model is wrong with every call", "failures", series(Calls=lambda m: 30, Errors=lambda m: 30, Unavailable=lambda m: 0), None),
    ("nobody calls", "failures", calls(lambda m: 0, lambda m: 0), None),
    ("it sleeps", "failures", ASLEEP, None),
    ("five calls an hour, and each fails", "failures-hourly", calls(lambda m: 1 - bool(m % 12), lambda m: 1 if m >= 30 and m % 12 == 0 else 0), 150),
    ("five calls an hour, and one of them fails", "failures-hourly", calls(lambda m: 1 - bool(m % 12), lambda m: 1 - bool(m % 60)), None),
    ("the model is wrong with each of five calls an hour", "failures-hourly", series(Calls=lambda m: 1 - bool(m % 12), Errors=lambda m: 1 - bool(m % 12), Unavailable=lambda m: 0), None),
    ("a single call, which fails", "failures-hourly", calls(lambda m: m == 40, lambda m: m == 40), None),
    ("four calls of an hour are unavailable, and none before or after", "failures-hourly", calls(lambda m: 0 if m % 5 else 1, lambda m: 1 if m in (40, 45, 50, 55) else 0), None),
    ("nobody else calls", "failures-hourly", calls(*[lambda m: m in (40, 45, 50, 55)] * 2), None),
    ("a third of the calls is unavailable", "failures-hourly", calls(lambda m: 30, from_30(10, 0)), 150),
    ("a service is away, and errands for it wait", "calls-out", series(FailedCallsOut=from_30(2, 0)), 36),
    ("a service is deployed anew", "calls-out", series(FailedCallsOut=lambda m: 3 if m in (40, 41) else 0), None),
    ("it sleeps", "calls-out", ASLEEP, None),
    ("it sleeps", "failures-hourly", ASLEEP, None),
    ("the processor is at its limit", "cpu", series(CPUUtilization=from_30(99, 20)), 50),
    ("it sleeps", "cpu", ASLEEP, None),
    ("the memory is full", "memory", series(MemoryUtilization=from_30(99, 20)), 50),
    ("two tasks are wanted and none runs", "none-running", tasks(lambda m: 2, from_30(0, 2)), 36),
    ("two tasks are wanted, and of those that run nothing is heard", "none-running", tasks(lambda m: 2, lambda m: 2 if m < 30 else None), 36),
    ("a task is replaced", "none-running", tasks(lambda m: 1, lambda m: 0 if m == 40 else 1), None),
    ("none is wanted and none runs", "none-running", tasks(from_30(0, 2), from_30(0, 2)), None),
]

# Where there is a database.
DATABASE_STORIES = [
    ("a job's statement fails each minute, and nobody calls", "statements", series(FailedStatements=from_30(1, 0)), 36),
    ("the database is away for three minutes", "statements", series(FailedStatements=lambda m: 60 if m in (40, 41, 42) else 0), None),
    ("it sleeps", "statements", ASLEEP, None),
]

# Where people sign in.
SIGN_IN_STORIES = [
    ("the issuer is down", "issuer", tokens(failed=from_30(4, 0)), 36),
    ("a fetch fails, and the next one doesn't", "issuer", tokens(failed=lambda m: m == 40), None),
    ("the issuer is away for two minutes", "issuer", tokens(failed=lambda m: 2 if m in (40, 41) else 0), None),
    ("it sleeps", "issuer", ASLEEP, None),
    ("keys are not fetched any more", "issuer-keys", tokens(age=lambda m: 60 * (m % 10) if m < 30 else 60 * (m - 30)), 66),
    ("keys are fetched every eleven minutes", "issuer-keys", tokens(age=lambda m: 60 * (m % 11)), None),
    ("none were had yet", "issuer-keys", tokens(), None),
    ("it sleeps", "issuer-keys", ASLEEP, None),
    ("every token is for somebody else", "refused-tokens", tokens(lambda m: 0 if m >= 30 else 2, from_30(4, 0), from_30(8, 0)), 42),
    ("of ten people nine can't sign in", "refused-tokens", tokens(lambda m: 1, from_30(9, 0), from_30(9, 0)), 45),
    ("one address guesses a thousand times a minute", "refused-tokens", tokens(lambda m: 1, from_30(1000, 0), from_30(1, 0)), None),
    ("tokens expire and are renewed", "refused-tokens", tokens(lambda m: 10, lambda m: 20, lambda m: 40), None),
    ("a few people come with tokens of yesterday", "refused-tokens", tokens(lambda m: 0, lambda m: 1 - bool(m % 2), lambda m: 6), None),
    ("nobody signs in", "refused-tokens", tokens(), None),
    ("it sleeps", "refused-tokens", ASLEEP, None),
]

# Where there are traces.
TRACE_STORIES = [
    ("a collector takes nothing any more", "spans", series(LostSpans=from_30(900, 0)), 36),
    ("a collector is away for three minutes", "spans", series(LostSpans=lambda m: 900 if m in (40, 41, 42) else 0), None),
    ("it takes all", "spans", series(LostSpans=lambda m: 0), None),
    ("it sleeps", "spans", ASLEEP, None),
]

# Where models are asked: each question is one, what models wrote and how long was waited beside.
MODEL_STORIES = [
    ("no model answers any more", "models-fail", series(AnsweredQuestions=from_30(0, 20), FailedQuestions=from_30(20, 0)), 32),
    ("one in fifty questions fails", "models-fail", series(AnsweredQuestions=lambda m: 49, FailedQuestions=from_30(1, 0)), 42),
    ("one in two hundred fails", "models-fail", series(AnsweredQuestions=lambda m: 199, FailedQuestions=lambda m: 1), None),
    ("three questions of a quiet night fail", "models-fail", series(AnsweredQuestions=lambda m: 0, FailedQuestions=lambda m: m in (40, 44, 48)), None),
    ("it sleeps", "models-fail", ASLEEP, None),
    ("one first word in ten is late", "models-slow", series(FirstWords=lambda m: 10, SlowFirstWords=from_30(1, 0)), 42),
    ("one first word in forty is late", "models-slow", series(FirstWords=lambda m: 40, SlowFirstWords=lambda m: 1), None),
    ("nobody asks", "models-slow", series(FirstWords=lambda m: 0, SlowFirstWords=lambda m: 0), None),
    ("it sleeps", "models-slow", ASLEEP, None),
    ("a million tokens a minute", "model-tokens", series(InputTokens=from_30(900000, 0), OutputTokens=from_30(100000, 0)), 55),
    ("a thousand tokens a minute", "model-tokens", series(InputTokens=lambda m: 900, OutputTokens=lambda m: 100), None),
    ("it sleeps", "model-tokens", ASLEEP, None),
]

# Where something is kept in a table of DynamoDB.
TABLE_STORIES = [
    ("each write is throttled", "table-throttled", series(ThrottledRequests=from_30(4)), 36),
    ("a table grows into a busy hour", "table-throttled", series(ThrottledRequests=lambda m: 50 if m in (40, 41, 42) else None), None),
    ("DynamoDB fails", "table-errors", series(SystemErrors=from_30(1)), 36),
    ("DynamoDB fails for a moment", "table-errors", series(SystemErrors=lambda m: 5 if m in (40, 41) else None), None),
    ("it sleeps", "table-throttled", ASLEEP, None),
    ("it sleeps", "table-errors", ASLEEP, None),
]

# The setting of a program without which there are no such alarms.
ONLY_WITH = {"DATABASE_URL": DATABASE_STORIES, "OAUTH_ISSUER": SIGN_IN_STORIES, "OTEL_EXPORTER_OTLP_ENDPOINT": TRACE_STORIES,
             "MODELS": MODEL_STORIES, "HISTORY": TABLE_STORIES}

# What means one thing where it sleeps and another where it never does.
SILENCE = ("from minute 30 on nothing is heard of any task", "none-running", tasks(lambda m: 2 if m < 30 else None, lambda m: 2 if m < 30 else None))


def check(alarm, story, by):
    """None, or what is wrong."""
    rings = alarm.rings(story)
    if by is None:
        return f"rings at minute {rings[0]}" if rings else None
    if rings and rings[0] < 30:
        return f"rings at minute {rings[0]}, before anything was wrong"
    if not any(now <= by for now in rings):
        return f"rings {f'at minute {rings[0]}' if rings else 'never'}, and not by minute {by}"
    return None


def main():
    environment = sys.argv[1]
    resources = []

    def collect(module):
        resources.extend(r for r in module.get("resources", []) if r["mode"] == "managed")
        for child in module.get("child_modules", []):
            collect(child)

    for line in sys.stdin:
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("type") == "test_state":
            collect(message["test_state"]["root_module"])
    alarms = [Alarm(r["values"]) for r in resources if r["type"] == "aws_cloudwatch_metric_alarm" and ".module.service[" in "." + r["address"]]
    services = {r["values"]["name"] for r in resources if r["type"] == "aws_ecs_service"}
    sleeps = any(r["type"] == "aws_appautoscaling_scheduled_action" for r in resources)
    containers = [r["values"]["container_definitions"] for r in resources if r["type"] == "aws_ecs_task_definition"]
    stories = list(STORIES)
    passed = failed = 0
    having = {}  # how many services have an alarm of a kind that not all have
    for setting, more in ONLY_WITH.items():
        silent = {kind for _, kind, _, _ in more}
        told = {c["name"] for container in containers for c in json.loads(container) if any(e["name"] == setting for e in c["environment"])}
        having.update({kind: len(told) for kind in silent})
        if told:
            stories += more
        elif found := [alarm.name for alarm in alarms if re.sub(r"^\w+-\w+-\w+-", "", alarm.name) in silent]:
            print(f"{environment}: there is no {setting}, and there are {found}")
            failed += 1
    if not services:
        print(f"{environment}: there is nothing to look at; did the test run with -json -verbose?")
        failed += 1
    for words, kind, story, by in [*stories, (*SILENCE, None if sleeps else 36)] if services else []:
        of_kind = [alarm for alarm in alarms if re.fullmatch(rf"\w+-\w+-\w+-{kind}", alarm.name)]
        wanted = having.get(kind, len(services))
        wrong = [] if len(of_kind) == wanted else [f"{environment}: {len(of_kind)} alarms {kind} of {wanted} services"]
        for alarm in of_kind:
            # With two target groups it has to hold whichever of them serves, the other one being silent.
            groups = {id.rpartition("_")[2] for id in alarm.metrics if "_" in id} or {None}
            for group in groups:
                served = {(name, group): of for (name, _), of in story.items()}
                if problem := check(alarm, served, by):
                    wrong.append(f"{environment}: {words}: {alarm.name} {problem}" + (f" ({group} target group)" if len(groups) > 1 else ""))
        print(*wrong, sep="\n", end="\n" if wrong else "")
        passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
