# signatures.py - makes tests/aws/signatures.json: random requests with the signatures that botocore gives them.
#
#     python3 -m venv build/botocore && build/botocore/bin/pip install botocore==1.44.8
#     build/botocore/bin/python tests/aws/signatures.py >tests/aws/signatures.json
#
# A case is a row: method, path, query, headers, body, key id, secret, token, region, service, SignedHeaders, Signature.
# It says the same each time, with the same botocore.
import datetime
import json
import random
import string
from urllib.parse import quote, urlsplit

import botocore.auth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CASES = 420
PLAIN = string.ascii_letters + string.digits
AWKWARD = PLAIN + ':/ .-_~+=@%&?;,*"\\åé漢\U0001f600\t'
SERVICES = ['ecs', 'ecr', 'logs', 'monitoring', 'rds', 'elasticloadbalancing', 'ce', 'sts', 'bedrock', 'cloudtrail']
REGIONS = ['us-east-1', 'eu-central-2', 'cn-northwest-1', 'us-gov-west-1', 'ap-southeast-5']


def text(letters, most, least=0):
    return ''.join(random.choice(letters) for _ in range(random.randint(least, most)))


def a_path():
    segments = [quote(text(AWKWARD, 12, 1), safe='') for _ in range(random.randint(0, 3))]
    # botocore would take these out; ours are never made.
    return '/' + '/'.join(segment for segment in segments if segment not in ('.', '..'))


def a_query():
    pairs = [(quote(text(AWKWARD, 6, 1), safe='-_.~'), quote(text(AWKWARD, 8), safe='-_.~'))
             for _ in range(random.choice([0, 0, 1, 2, 5]))]
    if pairs and random.random() < 0.3:
        pairs += [(pairs[0][0], text(PLAIN, 8)) for _ in range(2)]
    return '&'.join(name + '=' + value for name, value in pairs)


def some_headers(host):
    headers = [('Content-Type', random.choice(['application/json', 'application/x-amz-json-1.1'])), ('Host', host)]
    if random.random() < 0.5:
        headers.append(('X-Amz-Target', 'Service_' + text(PLAIN, 8, 1) + '.' + text(PLAIN, 12, 1)))
    if random.random() < 0.3:
        headers.append(('x-' + text(PLAIN, 8, 1), text(PLAIN + '   ', 20, 1)))
    random.shuffle(headers)
    return headers


def a_case():
    method = random.choice(['POST', 'POST', 'GET', 'PUT'])
    region, service = random.choice(REGIONS), random.choice(SERVICES)
    host = service + '.' + region + '.amazonaws.com' + random.choice(['', '', ':8443'])
    path, query, headers = a_path(), a_query(), some_headers(host)
    body = text(string.printable + 'é漢', random.choice([0, 20, 20, 200]))
    key_id, secret = 'AKIA' + text(string.ascii_uppercase, 16, 4), text(PLAIN + '/+', 40, 40)
    token = text(PLAIN + '/+=', 60, 20) if random.random() < 0.5 else None
    moment = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=random.randint(0, 10**9))
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment

    request = AWSRequest(method, 'https://' + host + path + ('?' + query if query else ''), data=body.encode(),
                         headers=dict(headers))
    SigV4Auth(Credentials(key_id, secret, token), service, region).add_auth(request)
    said = dict(part.split('=', 1) for part in request.headers['Authorization'].split(' ', 1)[1].split(', '))
    headers.append(('X-Amz-Date', request.headers['X-Amz-Date']))
    assert request.headers['X-Amz-Date'] == moment.strftime('%Y%m%dT%H%M%SZ') and urlsplit(request.url).path == path
    return [method, path, query, headers, body, key_id, secret, token, region, service, said['SignedHeaders'],
            said['Signature']]


random.seed(20261128)
print('[')
print(',\n'.join(json.dumps(a_case(), ensure_ascii=False, separators=(',', ':')) for _ in range(CASES)))
print(']')
