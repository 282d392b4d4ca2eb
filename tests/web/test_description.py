"""/openapi.json says what is really sent and taken, and the committed file is the served one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from rag.web import article_models, description, dify, request_models, response_models
from rag.web.openai import returned as openai
from tests.web.sample import SampleBot
from tests.web.serving import client_of
from tests.web.visiting import with_page

ASK = {"question": "Какова длина канала?"}
KEYS = {"Authorization": "Bearer key"}


@pytest.fixture(scope="module")
def http(bot: SampleBot) -> Iterator[httpx.Client]:
    app = with_page(bot, keys=["key"])
    with client_of(app, headers=KEYS) as client:
        yield client


def test_the_committed_description_is_the_served_one(http: httpx.Client) -> None:
    served = description.text(http.get("/openapi.json").json())
    kept = description.FILE.read_text(encoding="utf-8")
    assert served == kept, "write it anew: python -m rag.web.description"


def test_every_operation_tells_its_success_and_every_error_in_the_shape_of_its_face() -> None:
    document = json.loads(description.FILE.read_text(encoding="utf-8"))
    shapes = {"/v1": "OpenAIError", "/retrieval": "DifyError", "/": "Problem"}
    for path, methods in document["paths"].items():
        shape = next(name for prefix, name in shapes.items() if path.startswith(prefix))
        for operation in methods.values():
            assert operation["responses"]["200"]["content"], path
            for status, response in operation["responses"].items():
                if int(status) < 400:
                    continue
                named = document["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
                (content,) = named["content"].values()
                assert content["schema"]["$ref"].endswith("/" + shape), (path, status)


def test_every_body_of_json_has_a_russian_example_that_fits() -> None:
    found = [
        (model, given)
        for module in (request_models, dify, response_models, article_models, openai)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
        for given in (model.model_config.get("json_schema_extra") or {}).get("examples", ())  # type: ignore[union-attr]
    ]
    for model, given in found:
        model.model_validate(given, extra="forbid")
    asked = {request_models.AskIn, request_models.SearchIn, request_models.VerifyIn, request_models.ArticleIn}
    assert asked <= {each for each, _ in found}


SENT: list[tuple[str, str, Any, Any]] = [
    ("POST", "/api/ask", ASK, response_models.Answered),
    ("POST", "/api/ask", {**ASK, "explain": True}, response_models.Answered),
    ("POST", "/api/ask", {"question": "Что на Луне?"}, response_models.Answered),
    ("POST", "/api/ask", {"questions": [ASK, {"question": ""}]}, response_models.ManyAnswered),
    ("POST", "/api/search", {"query": "канал", "explain": True}, response_models.Searched),
    ("POST", "/api/verify", {"claim": "На 99 лет.", "quotes": ["На 49 лет."]}, response_models.Verified),
    ("POST", "/api/verify", {"claim": "Длина канала — 5 км."}, response_models.Verified),
    ("GET", "/api/health", None, response_models.Healthy),
    ("GET", "/api/health/live", None, response_models.Alive),
    ("GET", "/api/health/ready", None, response_models.Alive),
    ("GET", "/api/articles", None, article_models.Listing),
    ("GET", "/api/articles/kanal-2026", None, article_models.Whole),
    ("GET", "/api/articles/kanal-2026/versions", None, article_models.Editions),
    ("GET", "/api/articles/kanal-2026/versions?text=false", None, article_models.Editions),
    ("GET", "/api/articles/kanal-2026/diff", None, article_models.Difference),
    ("GET", "/api/library", None, article_models.Composition),
    ("GET", "/api/answers/outdated", None, response_models.AllOutdated),
    ("GET", "/v1/models", None, openai.Models),
    ("GET", "/v1/models/snoska", None, openai.Model),
    ("POST", "/v1/embeddings", {"input": "канал", "encoding_format": "float"}, openai.Embeddings),
    ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "длина"}]}, openai.Completed),
    ("POST", "/v1/responses", {"input": "Какова длина канала?"}, openai.Responded),
    ("POST", "/retrieval", {"query": "канал"}, dify.Records),
    ("GET", "/api/nothing", None, response_models.Problem),
    ("POST", "/api/ask", {}, response_models.Problem),
    ("POST", "/v1/responses", {}, openai.OpenAIError),
    ("POST", "/retrieval", {}, dify.DifyError),
]


@pytest.mark.parametrize(("method", "path", "body", "model"), SENT)
def test_what_is_sent_has_the_shape_that_is_told_and_no_other_field(
    http: httpx.Client, method: str, path: str, body: Any, model: type[BaseModel]
) -> None:
    said = http.request(method, path, json=body)
    model.model_validate_json(said.content, extra="forbid")


def test_a_kept_answer_has_the_shape_that_is_told(http: httpx.Client) -> None:
    answer_id = http.post("/api/ask", json=ASK).json()["answer_id"]
    kept = http.get(f"/api/answers/{answer_id}")
    response_models.Remembered.model_validate_json(kept.content, extra="forbid")
    judged = http.post("/api/feedback", json={"answer_id": answer_id, "good": True})
    response_models.Judged.model_validate_json(judged.content, extra="forbid")
