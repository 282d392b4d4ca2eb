"""Every address of the server, the mounted page's too: wrong requests get problem documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.web.api import create_app
from tests.web.sample import open_sample
from tests.web.serving import running


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The application with the page at `/`."""
    from rag.web.page import mount

    bot = open_sample(tmp_path_factory.mktemp("library"))
    app = create_app(bot, lambda application: mount(application, bot, ()))
    with running(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


def detail(response: httpx.Response) -> str:
    """What a problem document says."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    return str(body["detail"])


@pytest.mark.parametrize("path", ["/v1/models", "/mcp", "/nope", "/nope/deeper.html", "/api/nope"])
def test_an_unknown_address(http: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = http.request(method, path)
        assert response.status_code == 404
        assert detail(response) == "Такого адреса здесь нет. Список адресов — на странице /docs."


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/"])
def test_a_wrong_method_is_told_the_right_one(http: httpx.Client, path: str) -> None:
    response = http.put(path)
    assert response.status_code == 405
    assert "не отвечает на такой метод" in detail(response)
    assert "GET" in response.headers["allow"]


def test_the_page_and_the_description_still_open(http: httpx.Client) -> None:
    for path in ("/", "/docs", "/openapi.json", "/config", "/theme.css", "/favicon.ico"):
        assert http.get(path).status_code == 200, path
    assert (http.head("/docs").status_code, http.head("/").status_code) == (200, 200)


def test_the_page_keeps_its_own_replies(http: httpx.Client) -> None:
    response = http.get("/gradio_api/nope")
    assert (response.status_code, response.headers["content-type"]) == (404, "application/json")
    assert http.get("/gradio_api/info").status_code == 200


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/api/ask"])
def test_a_body_over_a_megabyte_is_refused_announced_or_not(http: httpx.Client, path: str) -> None:
    chunks = (b"x" * 100_000 for _ in range(12))
    for content in (b"x" * 1_000_001, chunks):
        response = http.post(path, content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 413
        assert "больше 1 МБ" in detail(response)


def test_a_large_upload_is_refused_before_it_is_read(http: httpx.Client) -> None:
    response = http.post("/gradio_api/upload", files={"files": b"x" * 1_000_001})
    assert response.status_code == 413
    assert "больше 1 МБ" in detail(response)


def test_an_empty_body_is_told(http: httpx.Client) -> None:
    response = http.post("/api/ask")
    assert response.status_code == 422
    assert detail(response) == "Тело запроса пустое: пришлите JSON."


def test_the_page_says_that_an_article_is_gone(tmp_path: Path) -> None:
    import gradio

    from rag.web.page import Page

    page = Page(open_sample(tmp_path), ())
    panel = page.open(gradio.EventData(None, {"article": "net-takoi", "start": 0, "stop": 5}))
    assert "Этой статьи больше нет в библиотеке." in panel
    assert "snoska" not in panel


def test_a_missing_article_names_the_list_of_the_api(http: httpx.Client) -> None:
    said = detail(http.get("/api/articles/net-takoi"))
    assert said == "Статьи «net-takoi» в библиотеке нет. Список статей: GET /api/articles"
