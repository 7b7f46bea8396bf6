#!/usr/bin/env python3
"""secrets.py - terraform/secrets against a stand-in for aws, which keeps secrets as files. The last line counts."""
import base64
import hashlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "secrets"
# With one that has no database, whatever there is.
LIST = json.loads((SCRIPT.parent.parent / "services.json").read_text()) | {
    "lookout": {"about": "Has no database", "port": 9999, "priority": 49990, "database": False}}
LISTED = tuple(LIST)
DATABASES = tuple(service for service, at in LIST.items() if at.get("database", True))
NAMES = [f"shop-dev/{service}/keys" for service in LISTED] + [f"shop-dev/{service}/database" for service in DATABASES]

# Answers as aws does; what it was called with is kept, to see that no secret was among it.
AWS = r"""#!/usr/bin/env bash
echo "$*" >>"$VAULT/calls"
case $2 in
list-secrets)
	prefix=${4##*Values=}
	for name in $NAMES; do
		[ "${name#"$prefix"}" = "$name" ] || jq -n --arg name "$name" \
			--argjson versions "$([ -e "$VAULT/${name//\//+}" ] && echo '{"SecretVersionsToStages":{"v":["AWSCURRENT"]}}' || echo '{}')" '{Name: $name} + $versions'
	done | jq -s '{SecretList: .}' ;;
get-secret-value)
	cat "$VAULT/${4//\//+}" ;;
put-secret-value)
	[ "${6#file://}" != "$6" ] && cp "${6#file://}" "$VAULT/${4//\//+}" && stat -c %a "${6#file://}" >>"$VAULT/modes" ;;
esac
"""


class Account:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "bin").mkdir()
        aws = self.folder / "bin/aws"
        aws.write_text(AWS)
        (self.folder / "services.json").write_text(json.dumps(LIST))
        aws.chmod(aws.stat().st_mode | stat.S_IXUSR)

    def run(self, *arguments, **more):
        environment = dict(os.environ, PATH=f'{self.folder}/bin:{os.environ["PATH"]}', VAULT=str(self.folder), NAMES=" ".join(NAMES),
                           SERVICES_LIST=str(self.folder / "services.json"), **more)
        return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True, timeout=200)

    def path(self, name):
        return self.folder / name.replace("/", "+")

    def value(self, name):
        return json.loads(self.path(name).read_text())


def fills(account):
    done = account.run("dev")
    assert done.returncode == 0, done.stderr
    assert all(account.path(name).exists() for name in NAMES)
    assert not account.path("shop-dev/lookout/database").exists()
    for service in DATABASES:
        database = account.value(f"shop-dev/{service}/database")
        assert database["username"] == service and re.fullmatch("[0-9a-f]{48}", database["password"])


def keys_fit(account):
    """Each service knows the operator, and those that call it, with the scopes that the list gives them."""
    printed = account.run("dev").stdout.split()[-1]
    digest = lambda key: hashlib.sha256(key.encode()).hexdigest()
    assert re.fullmatch(r"mcp_[\w-]{43}", printed)
    for service in LIST:
        lines = dict(re.fullmatch(r"([\w.-]+):([0-9a-f]{64}:[\w:,*-]+)", line).groups()
                     for line in account.value(f"shop-dev/{service}/keys")["API_KEYS"].split(" "))
        expected = {"operator": f"{digest(printed)}:*"}
        for caller, entry in LIST.items():
            if service in entry.get("calls", {}):
                key = account.value(f"shop-dev/{caller}/keys")[f"{service.upper()}_KEY"]
                assert re.fullmatch(r"mcp_[\w-]{43}", key)
                expected[caller] = f'{digest(key)}:{",".join(entry["calls"][service])}'
        assert lines == expected, service
    seals = [account.value(f"shop-dev/{service}/keys").get("STATE_KEYS") for service in DATABASES]
    assert all(len(base64.b64decode(seal)) == 32 for seal in seals) and len(set(seals)) == len(seals)


def shows_nobody(account):
    account.run("dev")
    calls = (account.folder / "calls").read_text()
    for name in NAMES:
        for secret in account.value(name).values():
            assert secret in LISTED or secret not in calls
    assert set((account.folder / "modes").read_text().split()) == {"600"}


def leaves_what_is_there(account):
    account.run("dev")
    before = {name: account.path(name).read_text() for name in NAMES}
    again = account.run("dev")
    assert again.returncode == 0 and "mcp_" not in again.stdout
    assert before == {name: account.path(name).read_text() for name in NAMES}


def lets_a_new_caller_in(account):
    """As after a service was added that calls one which is there: keys that are handed out stay good."""
    account.run("dev")
    account.path("shop-dev/orders/keys").unlink()
    before = account.value("shop-dev/products/keys")
    done = account.run("dev")
    assert done.returncode == 0 and "deploy products again" in done.stdout, done.stderr
    after, orders = account.value("shop-dev/products/keys"), account.value("shop-dev/orders/keys")
    line = f'orders:{hashlib.sha256(orders["PRODUCTS_KEY"].encode()).hexdigest()}:products:read,stock:reserve,stock:restock'
    assert after == before | {"API_KEYS": f'{before["API_KEYS"]} {line}'}


def puts_a_key_of_somebody_elses(account):
    """Into the secrets of those that ask models, the new ones and those that are there; a later one takes its place."""
    askers = {f"shop-dev/{service}/keys" for service, at in LIST.items() if at.get("models")}
    assert askers and account.run("dev", OPENAI_KEY="sk-first/=").returncode == 0
    before = {name: account.value(name) for name in NAMES}
    assert {name for name in NAMES if "OPENAI_KEY" in before[name]} == askers
    done = account.run("dev", OPENAI_KEY="sk-second")
    assert done.returncode == 0 and "so that it asks with this OPENAI_KEY" in done.stdout, done.stderr
    assert {name: account.value(name) for name in NAMES} == {
        name: value | ({"OPENAI_KEY": "sk-second"} if name in askers else {}) for name, value in before.items()}
    assert "sk-" not in (account.folder / "calls").read_text() + done.stdout


def stops_where_it_cannot_read(account):
    """Never a value without what was there."""
    account.path("shop-dev/products/keys").write_text("no JSON")
    done = account.run("dev")
    assert done.returncode != 0
    assert account.path("shop-dev/products/keys").read_text() == "no JSON" and not account.path("shop-dev/orders/keys").exists()


def stops_where_there_is_no_such_environment(account):
    done = account.run("stging")
    assert done.returncode == 1 and "there is no secret shop-stging/products/keys" in done.stderr, done.stderr
    assert "put-secret-value" not in (account.folder / "calls").read_text()


def says_how(account):
    done = account.run()
    assert done.returncode == 2 and "--help" in done.stderr
    done = account.run("--help")
    assert done.returncode == 0 and done.stdout.startswith("secrets - ") and not (account.folder / "calls").exists()


def main():
    failed = 0
    tests = [fills, keys_fit, shows_nobody, leaves_what_is_there, lets_a_new_caller_in, puts_a_key_of_somebody_elses, stops_where_it_cannot_read,
             stops_where_there_is_no_such_environment, says_how]
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(Account(folder))
            except (AssertionError, AttributeError, OSError, ValueError, KeyError, IndexError) as problem:
                failed += 1
                print(f"secrets, {test.__name__}: {problem!r} in line {problem.__traceback__.tb_next.tb_lineno}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
