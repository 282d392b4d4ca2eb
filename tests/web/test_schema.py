"""What the description allows, and much that it doesn't, is sent: no crash, nothing that it doesn't tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rag.assemble import open_bot
from rag.config import Config
from rag.web import description
from rag.web.api import create_app
from tests.web.serving import running

pytestmark = pytest.mark.slow_file

# Of each operation; a run by hand has more: SCHEMA_EXAMPLES=2000 pytest tests/web/test_schema.py
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES") or 5)
FULL = EXAMPLES > 5
TEXT = "Длина нового моста через Тобол — 640 метров. Открыли его в июле 2025 года."
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What fetches would leave this machine.
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": FULL}}})
API = schemathesis.openapi.from_path(description.FILE, config=CONFIG).exclude(path="/api/articles/fetch")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "most.txt").write_text(TEXT, encoding="utf-8")
    with open_bot(Config(data=tmp_path_factory.mktemp("data"), models=models)) as bot:
        bot.library.index([folder])
        with running(create_app(bot)) as address:
            yield address


@API.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
def test_nothing_breaks_and_nothing_is_untold(case: schemathesis.Case[Any], address: str) -> None:
    case.call_and_validate(base_url=address, checks=CHECKS)
