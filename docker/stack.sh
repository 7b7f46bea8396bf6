# stack.sh - ./dev up and ./dev down: the stack of compose.yaml; part of ./dev, after images.sh and configuration.sh.
# shellcheck shell=bash

PROJECT=${PROJECT:-mcp-shop}
STACK=$PWD/build/${STACK_FOLDER:-stack}

in_stack() { compose --project-name "$PROJECT" --file docker/compose.yaml --file "$STACK/services.yaml" "$@"; }

# ---- What it needs to know, made once ----

secret() { openssl rand -hex 24; }

# One that stays as it was made.
keep() {
	if [ -e "$STACK/$1" ]; then
		cat >/dev/null
	else
		write_file "$1"
	fi
}

# A certificate for this machine's own names, signed by an authority that is then forgotten.
make_certificate() {
	local folder
	[ ! -e "$STACK/tls.pem" ] || return 0
	folder=$(mktemp -d)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
		-subj '/CN=mcp-shop local stack' -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
		-addext keyUsage=critical,keyCertSign \
		-keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
		-keyout "$folder/tls.key" -out "$folder/tls.csr" 2>/dev/null
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n' \
		>"$folder/extensions"
	openssl x509 -req -in "$folder/tls.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
		-CAcreateserial -days 820 -extfile "$folder/extensions" -out "$folder/tls.pem" 2>/dev/null
	keep ca.pem <"$folder/ca.pem"
	cat "$folder/tls.pem" "$folder/tls.key" | keep tls.pem
	rm -rf "$folder"
}

new_key() { printf 'mcp_%s' "$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n')"; }

# One for you, and one for each service at each that it calls.
make_keys() {
	local name called _
	new_key | keep key
	for name in "${NAMES[@]}"; do
		while read -r called _; do
			[ -z "$called" ] || new_key | keep "$name-$called.key"
		done < <(./services "$name" calls)
	done
}

database_settings() {
	echo "DATABASE_URL=postgresql://postgres/$1"
	echo "DATABASE_USER=$1"
	echo "DATABASE_PASSWORD=$(secret)"
}

make_settings() {
	local name
	for name in "${NAMES[@]}"; do
		[ ! -e "$STACK/$name.env" ] || continue
		{
			echo "STATE_KEYS=$(openssl rand -base64 32)"
			! has_database "$name" || database_settings "$name"
		} | (umask 077 && cat >"$STACK/$name.env")
	done
}

make_secrets() {
	has openssl || install_packages openssl
	(umask 077 && mkdir -p "$STACK")
	secret | keep postgres.password
	secret | keep grafana.password
	make_certificate
	make_keys
	make_settings
	write_configuration
	CONFIGURATION=$(cat docker/prometheus/* "$STACK"/{haproxy.cfg,tls.pem} | cksum)
	export STACK IMAGE_TAG CONFIGURATION
}

# ---- Images of others ----

pinned_in_stack() { sed -n "s/^ *image: \${${1}_IMAGE:-\(.*\)}$/\1/p" docker/compose.yaml; }

stack_images() {
	local name pinned image
	for name in POSTGRES HAPROXY PROMETHEUS; do
		image=$(need_image "$(pinned_in_stack "$name")" stand_in_of) ||
			fail "there is no image for $name; the whole log is build/docker/build.log"
		export "${name}_IMAGE=$image"
	done
	pinned=$(pinned_in_stack GRAFANA)
	if docker image inspect "$pinned" >/dev/null 2>&1 ||
		{ [ ! -e "$NO_REGISTRY" ] && docker pull -q "$pinned" 2>/dev/null; }; then
		export COMPOSE_PROFILES=grafana
	else
		say "Grafana can't be pulled and is left out; its dashboards are in docker/grafana"
	fi
}

# ---- Starting ----

health_of() {
	docker inspect --format \
		'{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$1"
}

# Those of these services, or all; says which is not.
wait_until_healthy() {
	local until=$((SECONDS + 90)) containers container state unwell
	mapfile -t containers < <(in_stack ps -q "$@")
	while :; do
		unwell=
		for container in "${containers[@]}"; do
			state=$(health_of "$container")
			[[ $state = healthy || $state = running ]] ||
				unwell+=" $(docker inspect --format '{{.Name}}' "$container" | tr -d /) ($state)"
		done
		[ -n "$unwell" ] || return 0
		((SECONDS < until)) || fail "not healthy after 90 s:$unwell; see: docker logs NAME"
		sleep 0.2
	done
}

port_of() { in_stack port "$1" "$2" 2>/dev/null | sed 's/.*://'; }

# Through the balancer, as a client comes.
wait_until_served() {
	local until=$((SECONDS + 60))
	while ((SECONDS < until)); do
		! curl -fsS --cacert "$STACK/ca.pem" "https://localhost:$(port_of balancer "$1")/readyz" \
			>/dev/null 2>&1 || return 0
		sleep 0.25
	done
	fail "the balancer does not serve its port $1; see: docker logs NAME"
}

# The programs make their databases themselves, each with a role that may do nothing outside it.
set_up_databases() {
	local name
	SETUP_PASSWORD=$(cat "$STACK/postgres.password")
	export SETUP_PASSWORD
	for name in "${NAMES[@]}"; do
		has_database "$name" || continue
		in_stack run --rm --no-deps -T -e SETUP_USER=postgres -e SETUP_PASSWORD "$name-a" setup ||
			fail "the database of $name was not made"
	done
}

# The first catalogue, where there is none.
load_catalogue_of_stack() {
	[ -z "$(in_stack exec -T postgres psql --username postgres --dbname products \
		--tuples-only --no-align --command 'select 1 from product limit 1')" ] || return 0
	in_stack run --rm --no-deps -T -v "$PWD/products/data/catalogue.csv:/catalogue.csv:ro" \
		products-a import /catalogue.csv || fail "the catalogue was not loaded"
}

address_of() { echo "https://localhost:$(port_of balancer "$(https_port "$1")")/mcp"; }

say_how_to_use_stack() {
	local name key
	key=$(cat "$STACK/key")
	for name in "${NAMES[@]}"; do
		address_of "$name"
	done >"$STACK/urls"         # for health-check.sh
	printf '\nAll healthy:\n'
	for name in "${NAMES[@]}" Prometheus; do
		printf '  %-11s ' "$name"
		[ "$name" = Prometheus ] || address_of "$name"
	done
	echo "http://127.0.0.1:$(port_of prometheus 9090)"
	[ -z "${COMPOSE_PROFILES:-}" ] || cat <<END
  Grafana     http://127.0.0.1:$(port_of grafana 3000)  (admin: $(cat "$STACK/grafana.password"))
END
	cat <<END

Your key, good for everything: $key

Try it:
  curl --cacert $STACK/ca.pem -H 'Authorization: Bearer $key' \\
    -H 'Content-Type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' $(address_of "${NAMES[0]}")

Claude Desktop (claude_desktop_config.json):
$(for name in "${NAMES[@]}"; do printf '%s %s\n' "$name" "$(address_of "$name")"; done | claude_block "$key" "$STACK/ca.pem")

./dev down stops it.
END
}

up() {
	local name
	need_docker || fail "Docker can't run here: $WHY_NO_DOCKER"
	has curl || install_packages curl
	need_names
	find_base
	build_programs ''
	stack_images
	make_secrets
	in_stack up --detach postgres
	wait_until_healthy postgres
	set_up_databases
	load_catalogue_of_stack
	in_stack up --detach --remove-orphans
	wait_until_healthy
	for name in "${NAMES[@]}"; do
		wait_until_served "$(https_port "$name")"
	done
	say_how_to_use_stack
}

# The data and the keys go with --volumes, an engine that ./dev started with --engine.
down() {
	local word name volumes=() stop='' lost=''
	for word; do
		case $word in
		--volumes) volumes=(--volumes) ;;
		--engine) stop=1 ;;
		*) fail "down takes --volumes and --engine, not $word" ;;
		esac
	done
	need_docker || fail "Docker can't run here: $WHY_NO_DOCKER"
	need_names
	# Its files may be gone (./dev clean) while it runs; some compose wants to see.
	if [ ! -d "$STACK" ]; then
		lost=1
		mkdir -p "$STACK"
		for name in "${NAMES[@]}"; do
			touch "$STACK/$name".{env,calls.env,keys}
		done
		compose_file | write_file services.yaml
	fi
	export STACK COMPOSE_PROFILES=grafana
	in_stack down --remove-orphans "${volumes[@]}"
	if [ ${#volumes[@]} -gt 0 ]; then
		rm -rf "$STACK"
		say "stopped; its data and keys are gone, its images stay"
	elif [ -n "$lost" ]; then
		rm -rf "$STACK"
		say "stopped. Its keys and passwords were gone with build/${STACK##*/}, and its data can't be opened" \
			"without them: ./dev down --volumes removes it."
	else
		say "stopped. Its data (volumes ${PROJECT}_*), its keys (build/${STACK##*/}) and its images stay;" \
			"./dev down --volumes removes data and keys too."
	fi
	if [ -n "$stop" ]; then
		stop_engine
	elif [ "${DOCKER_HOST:-}" = "unix://$ENGINE/docker.sock" ]; then
		say "The Docker engine that ./dev started goes on; ./dev down --engine stops it too."
	fi
}
