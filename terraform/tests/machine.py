#!/usr/bin/env python3
"""machine.py - terraform/machine against a stand-in for aws, which has a pool and keeps its clients. The last line counts."""
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "machine"

# Answers as aws does, and keeps what each client was made or changed with.
AWS = r"""#!/usr/bin/env bash
echo "$*" >>"$PLAY/calls"
valued() { while [ $# -gt 0 ]; do [ "$1" = "$NAMED" ] && { echo "$2"; return; }; shift; done; }
case $2 in
list-user-pools) echo '{"UserPools": [{"Id": "us-east-1_Other", "Name": "payroll"}, {"Id": "us-east-1_Ours", "Name": "shop-dev"}]}' ;;
list-resource-servers) echo '{"ResourceServers": [
	{"Identifier": "https://a.example/mcp", "Scopes": [{"ScopeName": "a:read"}, {"ScopeName": "both:read"}]},
	{"Identifier": "https://b.example/mcp", "Scopes": [{"ScopeName": "b:read"}, {"ScopeName": "both:read"}]},
	{"Identifier": "https://c.example/mcp"}]}' ;;
list-user-pool-clients)
	echo '{"UserPoolClients": [{"ClientId": "people1", "ClientName": "shop-dev-people"}'"$([ ! -e "$PLAY/made" ] || echo ', {"ClientId": "made1", "ClientName": "shop-dev-nightly"}')"']}' ;;
create-user-pool-client)
	NAMED=--client-name valued "$@" >"$PLAY/made"
	echo '{"UserPoolClient": {"ClientId": "made1", "ClientSecret": "s3cr3t"}}' ;;
update-user-pool-client) echo '{"UserPoolClient": {"ClientId": "made1", "ClientSecret": "s3cr3t"}}' ;;
*) exit 1 ;;
esac
"""


class Account:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "bin").mkdir()
        aws = self.folder / "bin/aws"
        aws.write_text(AWS)
        aws.chmod(aws.stat().st_mode | stat.S_IXUSR)

    def run(self, *arguments):
        environment = dict(os.environ, PATH=f'{self.folder}/bin:{os.environ["PATH"]}', PLAY=str(self.folder))
        return subprocess.run([SCRIPT, *arguments], env=environment, capture_output=True, text=True, timeout=200)

    def calls(self, what):
        path = self.folder / "calls"
        return [line for line in path.read_text().splitlines() if line.split()[1] == what] if path.exists() else []


def scopes_of(call):
    after = call.split(" --allowed-o-auth-scopes ")[1]
    return after.split(" --")[0].split()


def makes_it(account):
    done = account.run("dev", "nightly", "a:read", "b:read")
    assert done.returncode == 0, done.stderr
    assert "made1" in done.stdout and "s3cr3t" in done.stdout and "clients of sign_in" in done.stdout
    [call] = account.calls("create-user-pool-client")
    assert "--user-pool-id us-east-1_Ours" in call and "--client-name shop-dev-nightly" in call
    assert "--generate-secret" in call and "--allowed-o-auth-flows client_credentials" in call
    assert scopes_of(call) == ["https://a.example/mcp/a:read", "https://b.example/mcp/b:read"]


def has_a_scope_at_every_service(account):
    account.run("dev", "nightly", "both:read")
    assert scopes_of(account.calls("create-user-pool-client")[0]) == ["https://a.example/mcp/both:read", "https://b.example/mcp/both:read"]


def changes_it_whole(account):
    """What is not said again would be forgotten; the secret stays, and is not shown."""
    account.run("dev", "nightly", "a:read", "b:read")
    done = account.run("dev", "nightly", "b:read")
    assert done.returncode == 0 and "s3cr3t" not in done.stdout + done.stderr, done.stderr
    [made], [changed] = account.calls("create-user-pool-client"), account.calls("update-user-pool-client")
    assert "--client-id made1" in changed and scopes_of(changed) == ["https://b.example/mcp/b:read"]
    options = lambda call: {word for word in call.split() if word.startswith("--")}
    assert options(made) - options(changed) == {"--generate-secret"}


def stops_at_a_scope_made_up(account):
    done = account.run("dev", "nightly", "a:read", "a:everything")
    assert done.returncode == 1 and "no service has the scope a:everything; there are a:read, b:read, both:read" in done.stderr, done.stderr
    assert not account.calls("create-user-pool-client")


def stops_where_there_is_no_pool(account):
    done = account.run("prod", "nightly", "a:read")
    assert done.returncode == 1 and "there is no user pool shop-prod" in done.stderr, done.stderr
    done = account.run("--project", "other", "dev", "nightly", "a:read")
    assert done.returncode == 1 and "there is no user pool other-dev" in done.stderr, done.stderr


def leaves_the_client_of_people_alone(account):
    done = account.run("dev", "people", "a:read")
    assert done.returncode == 2 and not account.calls("update-user-pool-client")


def says_how(account):
    done = account.run("dev", "nightly")
    assert done.returncode == 2 and "--help" in done.stderr
    done = account.run("--help")
    assert done.returncode == 0 and done.stdout.startswith("machine - ") and not (account.folder / "calls").exists()


def main():
    failed = 0
    tests = [makes_it, has_a_scope_at_every_service, changes_it_whole, stops_at_a_scope_made_up, stops_where_there_is_no_pool,
             leaves_the_client_of_people_alone, says_how]
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(Account(folder))
            except (AssertionError, OSError, ValueError, IndexError) as problem:
                failed += 1
                print(f"machine, {test.__name__}: {problem!r} in line {problem.__traceback__.tb_next.tb_lineno}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
