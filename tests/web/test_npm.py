"""The face of OpenAI's API through OpenAI's client for JavaScript (npm ci --prefix tests/web/npm)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rag.web.api import create_app
from tests.patience import PATIENCE
from tests.web.sample import LENGTH, open_sample
from tests.web.serving import running

HERE = Path(__file__).parent / "npm"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(not NODE, reason="no Node.js is installed"),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "openai").is_dir(),
        reason="OpenAI's npm package is missing: npm ci --prefix tests/web/npm",
    ),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script of that folder prints."""
    with running(create_app(open_sample(tmp_path_factory.mktemp("library")).as_bot)) as address:
        done = subprocess.run(
            [str(NODE), "ask.mjs", address, "Какова длина канала?"],
            cwd=HERE,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def in_units(text: str, start: int, stop: int) -> str:
    """`text[start:stop]` as JavaScript counts, in units of UTF-16."""
    return text.encode("utf-16-le")[2 * start : 2 * stop].decode("utf-16-le")


def test_a_chat_with_footnotes_and_its_stream(told: dict[str, Any]) -> None:
    message, streamed = told["whole"], told["streamed"]
    assert message["content"].startswith(LENGTH)
    for number, each in enumerate(message["annotations"], 1):
        place = each["url_citation"]
        assert in_units(message["content"], place["start_index"], place["end_index"]) == f"[^{number}]"
    assert message["annotations"][0]["snoska"]["quote"] == LENGTH
    assert [streamed[part] for part in ("content", "annotations")] == [
        message[part] for part in ("content", "annotations")
    ]
    assert streamed["usage"]["total_tokens"] > 0


def test_responses(told: dict[str, Any]) -> None:
    text = told["response"]["output"][0]["content"][0]
    assert text["text"] == told["whole"]["content"] == told["response"]["output_text"]
    assert told["events"][0] == "response.created" and told["events"][-1] == "response.completed"
    assert "response.output_text.annotation.added" in told["events"]
    assert told["final"]["output"][0]["content"] == [text]


def test_vectors_models_and_errors(told: dict[str, Any]) -> None:
    assert told["vector"] == [5.0, 0.0, 0.5]  # the client asks for base64 and unpacks it
    assert "snoska" in told["models"]
    assert (told["refused"]["kind"], told["refused"]["status"]) == ("NotFoundError", 404)
    assert "gpt-none" in told["refused"]["message"]
