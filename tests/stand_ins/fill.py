# fill.py - makes what a shop is in a stand-in for AWS, by the calls that make it in AWS.
#
#     fill.py URL SHOP
#
# SHOP is shop.json. What the stand-in does not know is said, a line each with the call, and the rest is made.
import datetime
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, shop = sys.argv[1], json.load(open(sys.argv[2]))
cluster, region, now = shop["cluster"], shop["region"], time.time()
lacking = []


def client(service):
    return boto3.client(service, endpoint_url=url, region_name=region, aws_access_key_id="AKIAFILL", aws_secret_access_key="fill",
                        config=Config(retries={"max_attempts": 1}, disable_request_compression=True))


def attempt(call, **arguments):
    """What the stand-in answers, or {}: it does not know the call, which is said."""
    try:
        return call(**arguments)
    except ClientError as error:
        lacking.append(f"{error.operation_name}: {error.response['Error']['Code']}")
        return {}


ec2, ecs, elb, ecr = client("ec2"), client("ecs"), client("elbv2"), client("ecr")
logs, cloudwatch, secrets = client("logs"), client("cloudwatch"), client("secretsmanager")
rds, elasticache = client("rds"), client("elasticache")
account = client("sts").get_caller_identity()["Account"]


# ---- The network, as far as others name it ----

vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"]["SubnetId"]
           for i, zone in enumerate("ab")]
group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group]}}
ecs.create_cluster(clusterName=cluster)
balancer = elb.create_load_balancer(Name=cluster, Subnets=subnets, SecurityGroups=[group], Type="application")["LoadBalancers"][0]["LoadBalancerArn"]


# ---- A service ----

def digest(number):
    return f"sha256:{number:064x}"


# As one day's builds are pushed, the newest last.
def push_images(number, service):
    repository = f"{shop['project']}/{service}"
    ecr.create_repository(repositoryName=repository, imageScanningConfiguration={"scanOnPush": True})
    media = "application/vnd.docker.distribution.manifest.v2+json"
    for version, tag in enumerate(shop["images"]):
        manifest = {"schemaVersion": 2, "mediaType": media,
                    "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7023, "digest": digest(10 * number + version)},
                    "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 32654, "digest": digest(900 + version)}]}
        ecr.put_image(repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag)
    attempt(ecr.start_image_scan, repositoryName=repository, imageId={"imageTag": shop["runs"]})
    return f"{account}.dkr.ecr.{region}.amazonaws.com/{repository}:{shop['runs']}"


def make_target_group(number, service):
    made = elb.create_target_group(Name=f"{cluster}-{service}", Protocol="HTTP", Port=8081 + number, VpcId=vpc, TargetType="ip", HealthCheckPath="/readyz")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80 + number, DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}])
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": f"10.0.{number}.10", "Port": 8081 + number}])
    return arn


def make_service(number, service):
    image, targets, log = push_images(number, service), make_target_group(number, service), f"/{cluster}/services/{service}"
    ecs.register_task_definition(
        family=f"{cluster}-{service}", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[{"name": service, "image": image, "essential": True, "environment": [{"name": "PASSWORD", "value": shop["password"]}],
                               "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": log, "awslogs-region": region, "awslogs-stream-prefix": "service"}}}])
    ecs.create_service(cluster=cluster, serviceName=service, taskDefinition=f"{cluster}-{service}:1", desiredCount=shop["desired"], launchType="FARGATE",
                       networkConfiguration=network, loadBalancers=[{"targetGroupArn": targets, "containerName": service, "containerPort": 8081 + number}])
    secrets.create_secret(Name=f"{cluster}/{service}/keys", SecretString=shop["password"])
    write_log(log, service)
    put_metrics(service, targets)


# A task of it ends, as where a person ends it: one that the stand-in began for the service, or else one of ours.
def stop_a_task(service):
    tasks = ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"] or [task["taskArn"] for task in attempt(
        ecs.run_task, cluster=cluster, taskDefinition=f"{cluster}-{service}:1", launchType="FARGATE", networkConfiguration=network).get("tasks", [])]
    for task in tasks[:1]:
        attempt(ecs.stop_task, cluster=cluster, task=task, reason=shop["stopped"])


# ---- What it says of itself ----

def write_log(name, service):
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName=f"service/{service}/1")
    begun = now - 60 * (len(shop["lines"]) + 1)
    logs.put_log_events(logGroupName=name, logStreamName=f"service/{service}/1", logEvents=[
        {"timestamp": int(1000 * (begun + 60 * minute)),
         "message": json.dumps({"time": datetime.datetime.fromtimestamp(begun + 60 * minute, datetime.timezone.utc).isoformat(), **line}, separators=(",", ":"))}
        for minute, line in enumerate(shop["lines"])])


# A value a minute, the same few again and again: whatever a period is, mean and most of it are known.
def put_metrics(service, targets):
    dimensions = {"ClusterName": cluster, "ServiceName": service}
    start = now - now % 300 - 7200
    cloudwatch.put_metric_data(Namespace="AWS/ECS", MetricData=[
        {"MetricName": "CPUUtilization", "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
         "Timestamp": datetime.datetime.fromtimestamp(start + 60 * minute, datetime.timezone.utc), "Value": shop["cpu"][minute // 5 % len(shop["cpu"])]}
        for minute in range(115)])
    put_alarm(f"{service}-cpu", "AWS/ECS", "CPUUtilization", "Average", 80, "docs/on-call.md#cpu", dimensions)
    put_alarm(f"{service}-failures", cluster, "Unavailable", "Sum", shop["alarm"]["threshold"], shop["alarm"]["about"], {"Service": service})


def put_alarm(name, namespace, metric, statistic, threshold, about, dimensions):
    cloudwatch.put_metric_alarm(
        AlarmName=f"{cluster}-{name}", Namespace=namespace, MetricName=metric, Statistic=statistic, Period=60, EvaluationPeriods=1, Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold", AlarmDescription=about, Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()])
    cloudwatch.set_alarm_state(AlarmName=f"{cluster}-{name}", StateValue="OK", StateReason="all is well")


# ---- What all share ----

for number, service in enumerate(shop["services"]):
    make_service(number, service)
    stop_a_task(service)
cloudwatch.set_alarm_state(AlarmName=f"{cluster}-{shop['services'][0]}-failures", StateValue="ALARM", StateReason=shop["alarm"]["reason"])
rds.create_db_subnet_group(DBSubnetGroupName=cluster, DBSubnetGroupDescription=cluster, SubnetIds=subnets)
rds.create_db_instance(DBInstanceIdentifier=cluster, DBInstanceClass="db.t4g.micro", Engine="postgres", MasterUsername="shop", MasterUserPassword=shop["password"],
                       AllocatedStorage=20, MultiAZ=True, DBSubnetGroupName=cluster, BackupRetentionPeriod=7)
elasticache.create_replication_group(ReplicationGroupId=cluster, ReplicationGroupDescription=cluster, Engine="redis", CacheNodeType="cache.t4g.micro")
print(json.dumps({"account": account, "lacking": sorted(set(lacking))}))
