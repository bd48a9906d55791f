"""How is the small language model served? A script: `local_model_server.py MODEL PORT`, with xllamacpp at hand.

One thread: with two, a busy machine loses minutes to waiting threads. Its HTTP server listens on this machine alone.
"""

from __future__ import annotations

import importlib
import signal
import sys
from typing import Any, Final

NAME: Final = "qwen2.5-coder-1.5b-instruct"
"""What it calls itself in its answers, in place of the path of its file."""
CONTEXT: Final = 8192
"""Tokens of a question and its answer."""


def main(model: str, port: int) -> None:
    llama: Any = importlib.import_module("xllamacpp")
    params = llama.CommonParams()
    params.model.path, params.model_alias = model, {NAME}
    params.n_ctx, params.n_parallel, params.warmup, params.use_jinja = CONTEXT, 1, False, True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.hostnames, params.port = ["127.0.0.1"], port
    server = llama.Server(params)
    print(server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
