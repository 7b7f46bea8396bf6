# shellcheck shell=bash
# ecs.sh - what ECS says of services and tasks, for people; after lib.sh.

# A service as ECS describes it.
describe_service() {
	local answer
	answer=$(aws_call ecs describe-services --cluster "$1" --services "$2") || return 1
	jq -e '.services[0] // empty' <<<"$answer" || {
		complain "there is no service $2 in the cluster $1"
		return 1
	}
}

# ---- How many tasks ----

scalable() { printf '%s\n' --service-namespace ecs --scalable-dimension ecs:service:DesiredCount; }

# From how many to how many tasks the scaling may go: [minimum, maximum], [0,0] while it sleeps, null without scaling.
scaling_of() {
	local answer words
	mapfile -t words < <(scalable)
	answer=$(aws_call application-autoscaling describe-scalable-targets "${words[@]}" \
		--resource-ids "service/$1/$2") || return 1
	jq -c '.ScalableTargets[0] | if . then [.MinCapacity, .MaxCapacity] else null end' <<<"$answer"
}

# It also brings the number of tasks into these bounds, at once.
set_scaling() {
	local now words
	now=$(scaling_of "$1" "$2") || return 1
	[ "$now" != "[$3,$4]" ] || return 0
	mapfile -t words < <(scalable)
	aws_call application-autoscaling register-scalable-target "${words[@]}" \
		--resource-id "service/$1/$2" --min-capacity "$3" --max-capacity "$4" >/dev/null
}

# To sleep, or (with a maximum) to where it never ran: as Terraform makes a service, which tells the two apart.
stop_tasks() {
	set_scaling "$1" "$2" 0 "${3:-0}" &&
		aws_call ecs update-service --cluster "$1" --service "$2" --desired-count 0 >/dev/null
}

# What a service runs that came through once: its task definition, or nothing. $2 is what scaling_of says. One without tasks sleeps ([0,0]),
# or Terraform has just made it. Blue/green has no rolloutState.
what_served() {
	jq -r --argjson scaling "$2" 'first(.deployments[] | select((.rolloutState // "COMPLETED") == "COMPLETED" and
		(.runningCount > 0 or $scaling == [0, 0])) | .taskDefinition) // empty' <<<"$1"
}

# ---- What happened ----

# The newest things that happened to a service since a moment, oldest first.
print_events() {
	local service=$1 since=$2
	jq -r --argjson since "$since" '
		def seconds: if type == "number" then . else sub("\\.[0-9]+"; "") | sub("\\+00:00$"; "Z") |
			(try fromdate catch infinite) end;
		[.events[]? | select((.createdAt | seconds) >= $since)] | .[:15] | reverse[] |
		"\(.createdAt)  \(.message)"' <<<"$service" | quote
}

print_deployments() {
	jq -r '.deployments[] | "\(.id)  \(.status)  \(.rolloutState // "-")  " +
		"\(.runningCount)/\(.desiredCount) tasks, \(.failedTasks // 0) failed  " +
		"\(.taskDefinition | sub(".*/"; ""))" +
		(if .rolloutStateReason then "  (\(.rolloutStateReason))" else "" end)' <<<"$1" | quote
}

# The last lines that a task's containers wrote, as far as they can be had.
print_logs() {
	local task=$1 definition group prefix name
	definition=$(aws_call ecs describe-task-definition \
		--task-definition "$(jq -r .taskDefinitionArn <<<"$task")" 2>/dev/null) || return 0
	while IFS=$'\t' read -r name group prefix; do
		[ -n "$group" ] || continue
		aws_call logs get-log-events --log-group-name "$group" --limit 20 \
			--log-stream-name "$prefix/$name/$(jq -r '.taskArn | sub(".*/"; "")' <<<"$task")" 2>/dev/null |
			jq -r '.events[].message' | quote || true
	done < <(jq -r '.taskDefinition.containerDefinitions[] | [.name,
		(.logConfiguration.options["awslogs-group"] // ""),
		(.logConfiguration.options["awslogs-stream-prefix"] // "")] | @tsv' <<<"$definition")
}

# Why tasks stopped, and what they last said.
print_stopped() {
	local cluster=$1 answer task
	shift
	[ $# -gt 0 ] || return 0
	answer=$(aws_call ecs describe-tasks --cluster "$cluster" --tasks "$@") || return 0
	while read -r task; do
		jq -r '"task \(.taskArn | sub(".*/"; "")): \(.stopCode // "stopped"): \(.stoppedReason // "no reason given")",
			(.containers[] | "  \(.name): " + (if .exitCode != null then "exit status \(.exitCode)" else
			"never ran" end) + (if .reason then ", \(.reason)" else "" end))' <<<"$task" | quote
		print_logs "$task"
	done < <(jq -c '.tasks[]' <<<"$answer")
}

# Tasks that a deployment (or a run of ours) started and that have stopped, at most 3.
stopped_tasks() {
	local answer
	answer=$(aws_call ecs list-tasks --cluster "$1" --started-by "$2" --desired-status STOPPED) || return 0
	jq -r '.taskArns[:3][]' <<<"$answer"
}
