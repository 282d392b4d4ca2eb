"""Fetches a hub model into this machine's cache: `python -m rag.retrieval.neural.fetching NAME`.

A process of its own, because the one that searches stays offline. It asks the hub first whether the model
is there, so that a missing network is known in seconds.
"""

from __future__ import annotations

import sys

UNKNOWN, UNREACHABLE = 3, 4  # exit codes
_SECONDS = 5  # the hub gets to answer
# What no sentence-transformers model needs to run here: other formats of the same weights.
_NEEDLESS = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.ckpt", "coreml/*"]


def fetch(name: str) -> int:
    """Fetch a model into the cache; an exit code."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        found = HfApi().model_info(name, timeout=_SECONDS)
        files = [file.rfilename for file in found.siblings or []]
        has_safe = any(file.endswith(".safetensors") for file in files)
        snapshot_download(name, ignore_patterns=_NEEDLESS + ["*.bin"] * has_safe)
    except RepositoryNotFoundError:
        return UNKNOWN
    except Exception as error:  # each of a dozen kinds of failing connections
        print(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", file=sys.stderr)
        return UNREACHABLE
    return 0


if __name__ == "__main__":
    sys.exit(fetch(sys.argv[1]))
