"""Whom the server answers: names of its own, pages of its own; proxies are believed only by name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from rag.web.listening import Forwarded
from rag.web.origins import Names
from rag.web.terms import Terms
from tests.web.sample import SampleBot
from tests.web.serving import running
from tests.web.visiting import with_page

pytestmark = pytest.mark.slow_file

NAMED = "snoska.example.org"


@pytest.fixture(scope="module")
def address(bot: SampleBot) -> Iterator[str]:
    """The application with the page, which its owner calls NAMED."""
    with running(with_page(bot, terms=Terms(names=(NAMED,)))) as address:
        yield address


@pytest.mark.parametrize(
    ("host", "listens", "named", "own"),
    [
        ("127.0.0.1:7860", "127.0.0.1", "", True),
        ("localhost:7860", "127.0.0.1", "", True),
        ("LOCALHOST", "127.0.0.1", "", True),
        ("127.9.9.9", "127.0.0.1", "", True),
        ("[::1]:7860", "127.0.0.1", "", True),
        ("[::ffff:127.0.0.1]", "127.0.0.1", "", True),
        ("evil.example", "127.0.0.1", "", False),
        ("localhost.evil.example", "127.0.0.1", "", False),
        ("127.0.0.1.evil.example", "127.0.0.1", "", False),
        ("192.0.2.7", "127.0.0.1", "", False),
        ("192.0.2.7", "0.0.0.0", "", True),  # no name, so nothing that could be rebound
        ("[2001:db8::1]:80", "::", "", True),
        ("evil.example", "0.0.0.0", "", False),
        ("box.lan:80", "box.lan", "", True),
        ("snoska.example.org", "127.0.0.1", "snoska.example.org", True),
        ("Snoska.Example.ORG.:443", "127.0.0.1", "snoska.example.org", True),
        ("a.snoska.example.org", "127.0.0.1", "snoska.example.org", False),
        ("a.b.example.org", "127.0.0.1", ".example.org", True),
        ("example.org", "127.0.0.1", ".example.org", True),
        ("evil-example.org", "127.0.0.1", ".example.org", False),
        ("xn--80atvgn.xn--p1ai", "127.0.0.1", "Сноска.рф", False),
        ("xn--80asejj2c.xn--p1ai", "127.0.0.1", "", False),
        ("whatever", "127.0.0.1", "*", True),
        ("", "127.0.0.1", "*", False),
        ("user@127.0.0.1", "127.0.0.1", "", False),
        ("127.0.0.1/x", "127.0.0.1", "", False),
        ("127.0.0.1 evil.example", "127.0.0.1", "", False),
    ],
)
def test_names_of_ones_own(host: str, listens: str, named: str, own: bool) -> None:
    assert Names(named.split() if named else (), listens).are_own(host) is own


def test_a_russian_name_is_known_as_browsers_send_it() -> None:
    name = "сноска.рф"
    assert Names((name,)).are_own(name.encode("idna").decode())


PATHS = ("/", "/docs", "/openapi.json", "/api/health", "/api/articles", "/gradio_api/info", "/login", "/nope")


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_name_gets_nothing(http: httpx.Client, path: str) -> None:
    for host in ("evil.example", "evil.example:7860", "127.0.0.1.evil.example", ""):
        said = http.get(path, headers={"Host": host})
        assert said.status_code == 421, host
        assert said.headers["content-type"] == "application/problem+json"
        assert "RAG_ALLOWED_HOSTS" in said.json()["detail"]
    assert http.get(path, headers={"Host": NAMED}).status_code != 421


def test_a_foreign_name_writes_nothing(http: httpx.Client) -> None:
    article = {"id": "подброшена", "text": "Этой статьи здесь быть не должно."}
    foreign = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    assert http.post("/api/articles", json=article, headers=foreign).status_code == 421
    assert http.delete("/api/articles/kanal-2026", headers=foreign).status_code == 421
    assert {each["id"] for each in http.get("/api/articles").json()["items"]} >= {"kanal-2026"}


def own(http: httpx.Client) -> str:
    return f"http://{http.base_url.netloc.decode()}"


FOREIGN: list[dict[str, str]] = [
    {"Origin": "http://evil.example"},
    {"Origin": "http://127.0.0.1:1"},  # another server of this machine
    {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]
ASKED: list[tuple[str, str, Any]] = [
    ("POST", "/api/ask", {"question": "Какова длина канала?"}),
    ("GET", "/api/articles", None),
    ("GET", "/api/articles/kanal-2026", None),
    ("POST", "/gradio_api/queue/join", {"data": [], "fn_index": 0, "session_hash": "x"}),
    ("GET", "/gradio_api/queue/data?session_hash=x", None),
    ("POST", "/gradio_api/run/predict", {"data": [], "fn_index": 0}),
    ("GET", "/gradio_api/heartbeat/x", None),
    ("GET", "/config", None),
    ("OPTIONS", "/gradio_api/queue/join", None),
    ("POST", "/api/articles", {"id": "чужая", "text": "Этой статьи здесь быть не должно."}),
    ("PATCH", "/api/articles/kanal-2026", {"title": "Чужой"}),
    ("DELETE", "/api/articles/kanal-2026", None),
    ("POST", "/api/articles/restore", {"ids": ["kanal-2026"]}),
    ("POST", "/api/articles/fetch", {"url": "https://example.org"}),
    ("POST", "/api/feedback", {"answer_id": "x", "good": True}),
    ("POST", "/api/reviews", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_a_page_of_another_site_gets_and_changes_nothing(
    http: httpx.Client, method: str, path: str, body: Any
) -> None:
    before = http.get("/api/articles").json()
    for headers in FOREIGN:
        said = http.request(method, path, json=body, headers=headers)
        assert said.status_code == 403, headers
        assert "access-control-allow-origin" not in said.headers
        assert "другого сайта" in said.json()["detail"]
    assert http.get("/api/articles").json() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "OWN"},
        {"Origin": "OWN", "Sec-Fetch-Site": "same-origin"},
        {"Origin": f"https://{NAMED}"},  # the page behind a proxy that asks us by another name
    ],
    ids=str,
)
def test_our_own_page_and_programs_are_answered(http: httpx.Client, headers: dict[str, str]) -> None:
    sent = {name: value.replace("OWN", own(http)) for name, value in headers.items()}
    said = http.post("/api/ask", json={"question": "Какова длина канала?"}, headers=sent)
    assert said.status_code == 200
    assert http.get("/gradio_api/info", headers=sent).status_code == 200


def test_a_link_on_another_site_may_be_followed(http: httpx.Client) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert http.get("/", headers=link).status_code == 200
    assert http.get("/answers/none", headers=link).status_code == 404
    assert http.post("/api/ask", json={"question": "?"}, headers=link).status_code == 403


def test_nobody_may_read_from_elsewhere_what_gradio_says(http: httpx.Client) -> None:
    said = http.get("/config", headers={"Origin": own(http)})
    assert said.status_code == 200
    assert not [name for name in said.headers if name.startswith("access-control-")]


async def seen(scope: Scope, receive: Receive, send: Send) -> None:
    """Says of a request what the server knows of it."""
    request = Request(scope)
    told = {"from": scope["client"][0], "scheme": scope["scheme"], "headers": sorted(request.headers.keys())}
    await JSONResponse(told)(scope, receive, send)


@pytest.mark.parametrize(
    ("client", "proxies", "believed"),
    [
        ("127.0.0.1", (), False),
        ("127.0.0.1", ("127.0.0.1",), True),
        ("127.0.0.1", ("10.0.0.0/8",), False),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("203.0.113.5", ("127.0.0.1",), False),
    ],
)
def test_only_named_proxies_are_believed(client: str, proxies: tuple[str, ...], believed: bool) -> None:
    async def ask() -> Any:
        transport = httpx.ASGITransport(Forwarded(seen, proxies), client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            headers = {
                "X-Forwarded-For": "198.51.100.9",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "evil.example",
                "Forwarded": "for=198.51.100.9",
            }
            return (await http.get("/", headers=headers)).json()

    told = asyncio.run(ask())
    assert (told["from"], told["scheme"]) == (("198.51.100.9", "https") if believed else (client, "http"))
    assert ("x-forwarded-host" in told["headers"]) is believed
    assert ("forwarded" in told["headers"]) is believed
