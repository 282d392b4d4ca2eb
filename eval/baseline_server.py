"""The plain LlamaIndex stack behind FastAPI, as a process: `python -m eval.baseline_server PORT`.

It searches the articles of the library of the settings, which nobody else may own meanwhile. One process and
plain functions for handlers, as FastAPI's documentation begins.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from fastapi import Body, FastAPI, Response
from prometheus_client import generate_latest

from eval import baseline
from rag import assemble
from rag import config as settings


def app_over(found: baseline.Baseline) -> FastAPI:
    """`POST /search` gives the ids of the articles found, `GET /metrics` the memory of the process."""
    app = FastAPI()

    @app.post("/search")
    def search(query: str = Body(embed=True)) -> list[str]:
        return found.search(query)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type="text/plain")

    return app


def serve(port: int) -> None:
    """Index, then say the address and serve until the process is ended."""
    config = settings.load()
    with assemble.open_library(config, "eval load") as library:
        articles: list[Any] = [library.article(each) for each in library.store.ids()]
    with TemporaryDirectory(prefix="snoska-baseline-") as folder:
        app = app_over(baseline.build(articles, assemble.static_encoder(config), Path(folder)))
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
        print(f"http://127.0.0.1:{port}", flush=True)
        server.run()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
