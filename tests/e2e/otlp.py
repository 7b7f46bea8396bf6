# otlp.py - reads bodies of OTLP's JSON, one a line on stdin, strictly into OpenTelemetry's own messages: what these do not
# know, or have of another type, is an error. Prints how many spans there were.
import base64, json, re, sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


# OTLP has ids in hexadecimal digits where JSON of protobuf's has base64.
def with_base64(value):
	if isinstance(value, list):
		return [with_base64(each) for each in value]
	if not isinstance(value, dict):
		return value
	sizes = {'traceId': 32, 'spanId': 16, 'parentSpanId': 16}
	for key in sizes.keys() & value.keys():
		assert re.fullmatch('[0-9a-f]{%d}' % sizes[key], value[key]), value
		assert value[key].strip('0'), value
		value[key] = base64.b64encode(bytes.fromhex(value[key])).decode()
	return {key: with_base64(each) for key, each in value.items()}


spans = 0
for line in sys.stdin:
	request = json_format.ParseDict(with_base64(json.loads(line)), ExportTraceServiceRequest())
	for resource in request.resource_spans:
		assert any(each.key == 'service.name' for each in resource.resource.attributes)
		for span in (span for scope in resource.scope_spans for span in scope.spans):
			assert len(span.trace_id) == 16 and len(span.span_id) == 8 and span.name and span.kind
			assert 10**18 < span.start_time_unix_nano <= span.end_time_unix_nano
			keys = [each.key for each in span.attributes]
			assert len(keys) == len(set(keys)), keys
			spans += 1
print(spans)
