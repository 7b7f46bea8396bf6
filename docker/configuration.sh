# configuration.sh - writes what differs by service in the stack, out of services.json; part of ./dev, before stack.sh.
#
# Into STACK: services.yaml (for compose, beside compose.yaml), haproxy.cfg, prometheus/services.json,
# and for each service NAME.keys and NAME.calls.env. Written anew each time, from the list and the
# keys that are there; what must not change is in NAME.env and *.key (stack.sh).
# shellcheck shell=bash

# Where a service is reached from this machine: 8443 for products, whose own port is 8081.
https_port() { echo $(($(./services "$1" port) + 362)); }

has_database() { [ "$(./services "$1" database)" = true ]; }

# Two of it; without a database one, since its sessions are in its memory.
letters_of() {
	echo a
	! has_database "$1" || echo b
}

# ---- compose ----

# Who looks at what runs in AWS does so as whoever starts the stack: what is set there, by name alone. A machine that is none of AWS's is
# not asked whose it is.
settings_for_aws() {
	local name
	for name in "${1^^}_CLUSTER" "${1^^}_SERVICES" AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
		AWS_ENDPOINT_URL; do
		echo "      $name:"
	done
	echo '      AWS_EC2_METADATA_DISABLED: "true"'
}

# Whom it calls it reaches by way of the balancer, so that it never waits for one of the two.
compose_service() {
	local name=$1 called _ letter
	cat <<END

  $name-a: &$name
    extends: { file: $PWD/docker/server.yaml, service: server }
    image: mcp-$name:\${IMAGE_TAG:-local}
    environment:
      PORT: $(./services "$name" port)
END
	while read -r called _; do
		[ -z "$called" ] || echo "      ${called^^}_URL: http://balancer:$(./services "$called" port)/mcp"
	done < <(./services "$name" calls)
	[ "$(./services "$name" aws)" = nothing ] || settings_for_aws "$name"
	cat <<END
    env_file: ["$STACK/$name.env", "$STACK/$name.calls.env"]
    secrets: [{ source: ${name}_keys, target: keys }]
    labels: { keys: "$(cksum <"$STACK/$name.keys")" }        # other ones: another container
END
	for letter in $(letters_of "$name"); do
		[ "$letter" = a ] || echo "  $name-$letter: *$name"
	done
}

# What PostgreSQL has to take: of each of the two the four that its calls share, one for each event loop, of which there are no
# more than sixteen, and one that listens; and a few for setup and for you.
stack_connections() {
	local name connections=15
	for name in "${NAMES[@]}"; do
		! has_database "$name" || connections=$((connections + 2 * (4 + 16 + 1)))
	done
	echo "$connections"
}

compose_file() {
	local name port
	cat <<END
# Written by ./dev up, out of services.json.
services:
  postgres:
    command: [postgres, -c, max_connections=$(stack_connections)]
  balancer:
    ports:
END
	for name in "${NAMES[@]}"; do
		port=$(https_port "$name")
		echo "      - \"127.0.0.1:\${${name^^}_HTTPS_PORT:-$port}:$port\""
	done
	for name in "${NAMES[@]}"; do
		compose_service "$name"
	done
	printf '\nsecrets:\n'
	for name in "${NAMES[@]}"; do
		echo "  ${name}_keys: { file: $STACK/$name.keys }"
	done
}

# ---- The balancer ----

# From outside with TLS, from inside, for services that call others, as they are. Nothing is tied to one
# of two servers: sessions and streams are in the database. Whose address it is, only the balancer
# says: it is the first, and Docker's gateway, which many come from, is among the networks that are trusted.
balancer_service() {
	local name=$1 port letter
	port=$(./services "$name" port)
	cat <<END

frontend $name
	bind :$(https_port "$name") ssl crt /run/secrets/tls.pem alpn h2,http/1.1
	http-request set-header X-Forwarded-Proto https
	http-request del-header X-Forwarded-For
	default_backend $name

frontend $name-inside
	bind :$port
	http-request del-header X-Forwarded-For
	default_backend $name

backend $name
END
	for letter in $(letters_of "$name"); do
		printf '\tserver %s %s-%s:%s\n' "$letter" "$name" "$letter" "$port"
	done
}

balancer_file() {
	local name
	cat docker/balancer/haproxy.cfg
	for name in "${NAMES[@]}"; do
		balancer_service "$name"
	done
}

# ---- Prometheus ----

prometheus_targets() {
	jq 'to_entries | map({
		labels: { job: .key },
		targets: [.key + ("-a", if .value.database == false then empty else "-b" end) + ":\(.value.port + 1000)"]
	})' "${SERVICES_LIST:-services.json}"
}

# ---- Keys ----

# The line that lets a key in.
key_line() {
	local file=$1 name=$2 scopes=$3
	printf '%s:%s:%s\n' "$name" "$(printf %s "$(cat "$STACK/$file")" | openssl dgst -sha256 -r | cut -d' ' -f1)" "$scopes"
}

# Who may call NAME: you, and those that say they do, each with a key of its own.
keys_of() {
	local name=$1 caller called scopes
	key_line key you '*'
	for caller in "${NAMES[@]}"; do
		while read -r called scopes; do
			[ "$called" != "$name" ] || key_line "$caller-$called.key" "$caller" "$scopes"
		done < <(./services "$caller" calls)
	done
}

calls_of() {
	local name=$1 called _
	while read -r called _; do
		[ -z "$called" ] || echo "${called^^}_KEY=$(cat "$STACK/$name-$called.key")"
	done < <(./services "$name" calls)
}

# ---- All of it ----

# A file that only this user and the containers read: the folder is closed, the file is not, since
# each container reads it as a user of its own.
write_file() {
	(umask 022 && cat >"$STACK/$1.new" && mv "$STACK/$1.new" "$STACK/$1")
}

write_configuration() {
	local name
	(umask 022 && mkdir -p "$STACK/prometheus")
	for name in "${NAMES[@]}"; do
		keys_of "$name" | write_file "$name.keys"
		calls_of "$name" | write_file "$name.calls.env"
	done
	compose_file | write_file services.yaml
	balancer_file | write_file haproxy.cfg
	prometheus_targets | write_file prometheus/services.json
}
