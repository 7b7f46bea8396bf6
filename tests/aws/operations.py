# operations.py - makes tests/aws/operations.json: what botocore would send for each operation of server/aws/operation.c.
#
#     python3 -m venv build/botocore && build/botocore/bin/pip install botocore==1.44.8
#     build/botocore/bin/python tests/aws/operations.py >tests/aws/operations.json
#
# A case is a row: endpoint's name, action, region, URL, X-Amz-Target, Content-Type, how the body begins, signing region
# and service. Nothing is sent.
import json
import re
from pathlib import Path

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

NAMES = {
    'ECS': 'ecs', 'APPLICATION_AUTO_SCALING': 'application-autoscaling', 'ECR': 'ecr', 'CLOUDWATCH_LOGS': 'logs',
    'CLOUDWATCH': 'cloudwatch', 'SECRETS_MANAGER': 'secretsmanager', 'RDS': 'rds', 'ELASTICACHE': 'elasticache',
    'ELASTIC_LOAD_BALANCING_V2': 'elbv2', 'COST_EXPLORER': 'ce', 'CLOUDTRAIL': 'cloudtrail', 'STS': 'sts',
}
REGIONS = ['eu-central-1', 'cn-north-1', 'us-gov-east-1']

text = Path(__file__).parent.joinpath('../../server/aws/operation.c').read_text()
services = dict(re.findall(r'^(\w+) = \{ "([A-Z_0-9]+)"', text, re.M))
operations = re.findall(r'\] = \{ &(\w+), "(\w+)"', text)
session = botocore.session.get_session()
session.set_credentials('AKIA', 'secret')
session.set_config_variable('sts_regional_endpoints', 'regional')

# CloudWatch speaks three protocols; ours is its JSON.
loader = session.get_component('data_loader')
load = loader.load_service_model


def load_with_json(name, *more, **named):
    model = load(name, *more, **named)
    if name == 'cloudwatch' and 'metadata' in model:
        model['metadata'].update(protocol='json', protocols=['json'])
    return model


loader.load_service_model = load_with_json


def sent(name, action, region):
    client = session.create_client(NAMES[name], region_name=region, config=Config(
        parameter_validation=False, inject_host_prefix=True, retries={'total_max_attempts': 1}))
    seen = []

    def keep(request, **_):
        seen.append(request)
        return AWSResponse(request.url, 500, {}, None)
    client.meta.events.register('before-send', keep)
    method = next(method for method, real in client.meta.method_to_api_mapping.items() if real == action)
    try:
        getattr(client, method)()
    except Exception:
        pass
    return seen[0]


def row(name, action, region):
    request = sent(name, action, region)
    header = lambda key: (lambda value: value.decode() if isinstance(value, bytes) else value)(request.headers.get(key))
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ''
    scope = re.search(r'Credential=\w+/\d+/([^/]+)/([^/]+)/', header('Authorization') or '')
    return [name, action, region, request.url, header('X-Amz-Target'), header('Content-Type'),
            body if body.startswith('Action=') else '', *(scope.groups() if scope else [None, None])]


print('[')
print(',\n'.join(json.dumps(row(services[service], action, region), separators=(',', ':'))
                 for service, action in operations for region in REGIONS))
print(']')
