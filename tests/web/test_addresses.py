"""Every address of the server, the mounted page's too: wrong requests get problem documents."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.web.sample import SampleBot, open_sample
from tests.web.visiting import Served

pytestmark = pytest.mark.slow_file


@pytest.fixture(scope="module")
def address(sample_page: Served[SampleBot]) -> str:
    """The application with the page at `/`."""
    return sample_page.address


def detail(response: httpx.Response) -> str:
    """What a problem document says."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    return str(body["detail"])


@pytest.mark.parametrize("path", ["/nope", "/nope/deeper.html", "/api/nope"])
def test_an_unknown_address(http: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = http.request(method, path)
        assert response.status_code == 404
        assert detail(response) == "Такого адреса здесь нет. Список адресов — на странице /docs."


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/answers/none", "Такого ответа нет: возможно, разговор с ним удалили."),
        ("/chats/none/export.md", "Такого разговора нет"),
        ("/nope", "Такого адреса здесь нет."),
        ("/gradio_api/file=/etc/passwd", None),
        ("/api/articles/none", None),
    ],
)
def test_who_opens_a_wrong_address_reads_a_page(http: httpx.Client, path: str, told: str | None) -> None:
    response = http.get(path, headers=BROWSER)
    assert response.status_code == 404
    assert response.headers["x-content-type-options"] == "nosniff"
    if told is None:  # what programs ask for
        detail(response)
    else:
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert told in response.text and '<html lang="ru">' in response.text and 'href="/"' in response.text
        detail(http.get(path))


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


def test_the_first_screen_comes_before_every_script_and_gradio_tells_nothing_of_itself(
    http: httpx.Client,
) -> None:
    html = http.get("/").text
    first = html.index('id="first"')
    assert html.index("<body") < first < html.index("window.gradio_config") < html.index("snoska.begin(")
    assert '<script type="module"' not in html  # it would begin before the first screen is seen
    metas = [part.split(">")[0] for part in html.split("<meta")[1:]]
    told = [meta for meta in metas if "og:" in meta[:40] or "twitter:" in meta[:40]]
    assert [each.split('content="')[1].split('"')[0][:6] for each in told] == ["Сноска", "Вопрос"]
    assert "iframeResizer.contentWindow" not in html


def test_the_page_keeps_its_own_replies(http: httpx.Client) -> None:
    response = http.post("/gradio_api/queue/join", json={})
    assert (response.status_code, response.headers["content-type"]) == (422, "application/json")
    assert http.get("/gradio_api/info").status_code == 200


@pytest.mark.parametrize("asked", ["?session_hash=x", "?session_hash=", "", "?session_hash=x&session_hash=y"])
def test_following_a_session_that_is_none_fills_no_log(
    http: httpx.Client, asked: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = http.get(f"/gradio_api/queue/data{asked}")
    assert said.status_code == 404
    detail(said)
    assert not [record for record in caplog.records if record.exc_info]


def test_a_line_break_in_an_address_opens_nothing(http: httpx.Client) -> None:
    for path in (
        "/gradio_api/file=/etc/pass%0Awd",
        "/gradio_api/%0Afile=/etc/passwd",
        "/file=%0A/etc/passwd",
    ):
        assert http.get(path).status_code == 404
        detail(http.get(path))


CLOSED = (
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=https://example.org/",
    "/gradio_api/upload",
    "/gradio_api/upload_progress?upload_id=1",
    "/gradio_api/stream/1/1/1/playlist.m3u8",
    "/gradio_api/vibe-code",
    "/gradio_api/vibe-edit/",
    "/gradio_api/process_recording",
    "/gradio_api/runs",
    "/gradio_api/deep_link",
    "/gradio_api/custom_component/x/client/component/../../x",
    "/gradio_api/dev/reload",
    "/gradio_api//file=/etc/passwd",
    "/gradio_api/./file=/etc/passwd",
    "/gradio_api/%66ile=/etc/passwd",
    "/gradio_api/component_server",
    "/file=/etc/passwd",
    "/proxy=https://example.org/",
    "/monitoring",
    "/monitoring/summary",
    "/svelte/x",
    "/static/../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/routes.py",
)


@pytest.mark.parametrize("path", CLOSED)
def test_what_gradio_brings_and_the_page_does_not_need_is_closed(http: httpx.Client, path: str) -> None:
    for method in ("GET", "POST"):
        response = http.request(method, path)
        assert response.status_code in (404, 405), response.text
        detail(response)


def test_every_answer_carries_headers_of_caution(http: httpx.Client) -> None:
    for path in ("/", "/docs", "/api/health", "/answers/none", "/nope"):
        headers = http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        # Gradio's page can't do without it; nothing else may make code of strings.
        assert ("unsafe-eval" in headers["content-security-policy"]) is (path == "/")
        assert (
            headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        )
        assert headers["referrer-policy"] == "same-origin" and "camera=()" in headers["permissions-policy"]
    assert "script-src" not in http.get("/answers/none").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/api/ask"])
def test_a_body_over_a_megabyte_is_refused_announced_or_not(http: httpx.Client, path: str) -> None:
    chunks = (b"x" * 100_000 for _ in range(12))  # without Content-Length
    for content in (b"x" * 1_000_001, chunks):
        response = http.post(path, content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 413
        assert "больше 1 МБ" in detail(response)
    whole = b'{"question": "?!", "history": []}'.ljust(1_000_000)  # just what is allowed
    assert http.post("/api/ask", content=whole, headers={"Content-Type": "application/json"}).is_success


def test_an_empty_body_is_told(http: httpx.Client) -> None:
    response = http.post("/api/ask")
    assert response.status_code == 422
    assert detail(response) == "Тело запроса пустое: пришлите JSON."


def test_the_page_says_that_an_article_is_gone(tmp_path: Path) -> None:
    import gradio

    from rag.web.page.chat_tab import Talk
    from rag.web.saved_answers import open_kept

    bot = open_sample(tmp_path)
    panel = Talk(bot.as_bot, open_kept(tmp_path, bot.library), lambda: ()).open(
        gradio.EventData(None, {"article": "net-takoi", "start": 0, "stop": 5}), gradio.Request()
    )
    assert "Этой статьи больше нет в библиотеке." in panel
    assert "snoska" not in panel


def test_a_missing_article_names_the_list_of_the_api(http: httpx.Client) -> None:
    said = detail(http.get("/api/articles/net-takoi"))
    assert said == "Статьи «net-takoi» в библиотеке нет. Список статей: GET /api/articles"
