# converse.py - makes tests/models/converse.json: what botocore would send for each request of tests/unit/model_requests.h.
#
#     python3 -m venv build/botocore && build/botocore/bin/pip install botocore==1.43.11
#     build/botocore/bin/python tests/models/converse.py >tests/models/converse.json
#
# What botocore's model of the service does not have it refuses. A case is its name, the path and the body. Nothing is sent.
import json
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

session = botocore.session.get_session()
session.set_credentials('AKIA', 'secret')
client = session.create_client('bedrock-runtime', region_name='eu-central-1', config=Config(retries={'total_max_attempts': 1}))


def sent(params):
    seen = []

    def keep(request, **_):
        seen.append(request)
        return AWSResponse(request.url, 500, {}, None)
    client.meta.events.register('before-send', keep)
    operation = client.converse if params.pop('at_once', False) else client.converse_stream
    try:
        operation(**params)
    except (client.exceptions.ClientError, AttributeError):     # there is no answer
        pass
    client.meta.events.unregister('before-send', keep)
    return seen[0]


def row(name, params):
    request = sent(params)
    return [name, urlsplit(request.url).path, json.loads(request.body)]


def user(*content):
    return {'role': 'user', 'content': [{'text': block} if isinstance(block, str) else block for block in content]}


def model(*content):
    return user(*content) | {'role': 'assistant'}


def use(key, name, **given):
    return {'toolUse': {'toolUseId': key, 'name': name, 'input': given}}


def result(key, content, status='success'):
    return {'toolResult': {'toolUseId': key, 'content': [content], 'status': status}}


CACHED = {'cachePoint': {'type': 'default'}}
SCHEMA = {'type': 'object', 'properties': {'id': {'type': 'string'}}, 'required': ['id']}
NOVA, CLAUDE = 'eu.amazon.nova-lite-v1:0', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0'
PROFILE = 'arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc'


def tools(closed, *more, **choice):
    schema = SCHEMA | ({'additionalProperties': False} if closed else {})
    return {'tools': [{'toolSpec': {'name': 'get_order', 'description': 'Finds an order.', 'inputSchema': {'json': schema}}}, *more]} | choice


def bounds(most, **more):
    return {'maxTokens': most} | more


GREEDY = {'inferenceConfig': {'topK': 1}}
CASES = {
    'plain': dict(modelId=PROFILE, messages=[user('Hello é "you"')], inferenceConfig=bounds(800)),
    'tools_of_nova': dict(modelId=NOVA, system=[{'text': 'Be kind.'}, {'text': 'It is Monday.'}], messages=[user('Where is 1001?')],
                          inferenceConfig=bounds(800, temperature=0), toolConfig=tools(False),
                          additionalModelRequestFields=GREEDY),
    'cached': dict(modelId=CLAUDE, system=[{'text': 'Be kind.'}, CACHED, {'text': 'It is Monday.'}], messages=[user('Where is 1001?')],
                   inferenceConfig=bounds(800, temperature=0.5), toolConfig=tools(True, CACHED),
                   guardrailConfig={'guardrailIdentifier': 'gr1', 'guardrailVersion': '3', 'trace': 'disabled',
                                    'streamProcessingMode': 'sync'}),
    'at_once': dict(at_once=True, modelId=CLAUDE, messages=[user('Judge.')], inferenceConfig=bounds(50),
                    toolConfig=tools(True, toolChoice={'tool': {'name': 'get_order'}}),
                    guardrailConfig={'guardrailIdentifier': 'gr1', 'guardrailVersion': '3', 'trace': 'disabled'}),
    'conversation': dict(modelId=CLAUDE, inferenceConfig=bounds(800), toolConfig=tools(True), messages=[
        user('Hello.', 'Where are they?'),
        model({'reasoningContent': {'reasoningText': {'text': 'Hm.', 'signature': 's1'}}}, 'I look.',
              use('t1', 'get_order', id='1001'), use('t2', 'get_order', id='1002'), use('t3', 'get_order')),
        user(result('t1', {'json': {'state': 'sent'}}), result('t2', {'text': 'No such order.'}, 'error'),
             result('t3', {'json': {'error': 'There is no result.'}}, 'error'), 'And?'),
        model('One is sent.'), user('Thanks.')]),
    'without_tools': dict(modelId=NOVA, messages=[user('Hello.')], inferenceConfig=bounds(800, temperature=1)),
    'tools_are_gone': dict(modelId=CLAUDE, inferenceConfig=bounds(800), messages=[
        user('Where is it?'), model(use('t1', 'get_order', id='1')), user(result('t1', {'json': {}}))],
        toolConfig={'tools': [{'toolSpec': {'name': 'get_order', 'description': 'Not to be had any more.',
                                            'inputSchema': {'json': {'type': 'object', 'properties': {}}}}}]}),
}

print('[')
print(',\n'.join(json.dumps(row(name, params), separators=(',', ':'), ensure_ascii=False) for name, params in CASES.items()))
print(']')
