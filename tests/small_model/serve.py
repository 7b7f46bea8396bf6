# serve.py - serves the small model in OpenAI's protocol, on a port of its own, which it prints; until its input ends.
import pathlib
import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = str(next(pathlib.Path(sys.prefix).rglob("SmolLM2-*.gguf")))
params.port = 0
params.n_ctx = 8192
params.n_parallel = 1
params.sampling.penalty_repeat = 1.3  # small as it is, it would say the same for ever
params.warmup = False
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
