# people.py - users of moto's, each with a policy and a key: prints the keys. Or reads a secret by a key: prints the status.
#
#     people.py URL REGION '{"NAME": POLICY or null}'
#     people.py URL REGION SECRET ID KEY
import json
import sys

import boto3
from botocore.exceptions import ClientError

url, region, *words = sys.argv[1:]


def client(service, key, secret):
    return boto3.client(service, endpoint_url=url, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret)


def make(iam, name, policy):
    iam.create_user(UserName=name)
    if policy:
        iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def status_of_reading(secret, key, key_secret):
    try:
        answer = client("secretsmanager", key, key_secret).get_secret_value(SecretId=secret)
    except ClientError as error:
        answer = error.response
    return answer["ResponseMetadata"]["HTTPStatusCode"]


if len(words) == 1:
    iam = client("iam", "AKIAFILL", "fill")
    print(json.dumps({name: make(iam, name, policy) for name, policy in json.loads(words[0]).items()}))
else:
    print(status_of_reading(*words))
