"""Keys with scopes and rights over a real server and a real index: who may do what, and see what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import assemble
from rag.bot import Bot
from rag.config import Config
from rag.library.keyring import SCOPES
from rag.types import Article, ArticleInfo, Filters
from rag.web import api, description, scopes
from rag.web.api import create_app
from rag.web.callers import Caller
from rag.web.reading import digest
from rag.web.restricted import limited
from rag.web.terms import Terms
from tests.patience import PATIENCE
from tests.web.sample import open_sample
from tests.web.serving import client_of
from tests.web.visiting import real_server

pytestmark = pytest.mark.slow_file

# The same facts under different tags and sources: whoever may see one could be told the other's.
OPEN = Article(
    ArticleInfo("otkryto", "Мост в Павлодаре", "Городская газета", "2026-02-01", tags=("мосты", "город")),
    "Длина моста через Иртыш в Павлодаре — 1220 метров. Мост открыли в июле 2025 года.",
)
SECRET = Article(
    ArticleInfo("tayna", "Секретная смета моста", "Внутренний отдел", "2026-02-03", tags=("смета",)),
    "Смета моста через Иртыш — 48 млрд тенге. Подрядчика зовут Кызылжарстройпроект. "
    "Длина моста — 1300 метров.",
)
BOTH = Article(
    ArticleInfo("obe", "Дорога к мосту", "Городская газета", "2026-02-05", tags=("смета", "дороги")),
    "Дорога к мосту через Иртыш обойдётся в 9 млрд тенге. Её длина — 14 километров.",
)
ARTICLES = (OPEN, SECRET, BOTH)
QUESTIONS = (
    "Какова длина моста через Иртыш?",
    "Сколько стоит мост через Иртыш по смете?",
    "Как зовут подрядчика?",
    "Секретная смета моста",
    "О чём эти статьи?",
    "Сколько статей о мосте?",
    "Чем мост через Иртыш отличается от дороги к мосту?",
)
ONLY_OPEN = Filters(tags=("мосты",))
PARTS = "/api/parts?article_id={}&start=0&stop=0&version=0&first=0&last=0"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with assemble.open_bot(Config(data=tmp_path_factory.mktemp("keys"))) as bot:
        bot.library.add(ARTICLES)
        yield bot


@pytest.fixture(scope="module")
def keys(bot: Bot) -> dict[str, str]:
    """Secrets by name."""
    ring = bot.library.keys
    made: dict[str, str] = {scope: ring.add(scope, scope) for scope in SCOPES}
    made["limited"] = ring.add("limited", "read", ONLY_OPEN)
    made["none"] = ring.add("none", "read", Filters(sources=("Нет такой",)))
    made["old"] = ring.add("old", "read", expires=date.today())
    made["gone"] = ring.add("gone", "admin")
    ring.revoke(["gone"])
    return made


@pytest.fixture(scope="module")
def address(bot: Bot, keys: dict[str, str]) -> Iterator[str]:
    with real_server(bot, keys=["настройка"]) as address:
        yield address


def client(address: str, key: str) -> httpx.Client:
    headers = {b"Authorization": f"Bearer {key}".encode(), b"X-Request-ID": b"same"}  # errors tell it
    return httpx.Client(base_url=address, headers=headers, timeout=PATIENCE)


# Scopes


def routes() -> set[str]:
    """Method and path of every address of ours, those of the owner's token apart."""
    routers = [*api.ROUTERS, *(face.router for face in api.FACES)]
    found = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    paths = {
        f"{method} {route.path}" for route in found for method in route.methods or () if method != "HEAD"
    }
    theirs = {f"{method} {path}" for method in ("GET", "POST", "DELETE") for path in ("/mcp",)}
    return paths | theirs | {"GET /docs", "GET /openapi.json"}


def test_every_address_has_its_scope() -> None:
    open_to_all = {"GET /api/health/live", "GET /api/health/ready", "GET /widget.js"}
    unknown = {route for route in routes() if route.endswith("/api/{rest:any}")}
    rows = [row for rows in scopes.TABLE.values() for row in rows]
    assert len(rows) == len(set(rows))
    assert set(rows) == routes() - open_to_all - unknown
    described = json.loads(description.FILE.read_text(encoding="utf-8"))["paths"]  # as it is served
    named = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert named <= {route.replace(":any", "") for route in routes()}


@pytest.mark.parametrize("row", sorted(row for rows in scopes.TABLE.values() for row in rows))
def test_the_table_is_what_counts(row: str, address: str, keys: dict[str, str]) -> None:
    """A key of each scope is refused exactly where the table wants another one."""
    wanted = next(scope for scope, rows in scopes.TABLE.items() if row in rows)
    method, path = row.split(" ", 1)
    for word in ("{article_id:any}", "{answer_id}", "{chat_id}", "{name:any}", "{topic}"):
        path = path.replace(word, "net-takogo")
    path = path.replace("{number}", "1").replace("{kind}", "md")
    assert scopes.needed(method, path) == wanted
    for scope in SCOPES:
        with client(address, keys[scope]) as http:
            # What is no JSON changes nothing, whatever the address would do. A stream need not end.
            content = b"-" if method in ("POST", "PATCH") else None
            with http.stream(method, path, content=content) as told:
                status = told.status_code
        assert (status == 403) == (not Caller(scope).may(wanted)), scope


def test_an_address_that_nobody_knows_is_nobody_s(address: str, keys: dict[str, str]) -> None:
    for name, expected in (("read", (403, 404)), ("admin", (404,))):
        with client(address, keys[name]) as http:
            for path in ("/api/net-takogo", "/v1/net", "/api/owner/keys"):
                assert http.get(path).status_code in expected


def test_a_missing_scope_is_named_with_the_command_and_a_key_of_the_settings_has_all(
    address: str, keys: dict[str, str]
) -> None:
    with client(address, keys["read"]) as http:
        told = http.delete("/api/articles/otkryto")
    assert told.status_code == 403 and told.headers["content-type"] == "application/problem+json"
    assert "«write»" in told.json()["detail"] and "snoska keys add ИМЯ --scope write" in told.json()["detail"]
    with client(address, "настройка") as http:
        assert http.get("/api/questions").status_code == 200
        assert http.get("/api/health").json()["articles"] == len(ARTICLES)


# What has become of a key


def test_a_revoked_key_is_told_so(address: str, keys: dict[str, str]) -> None:
    with client(address, keys["gone"]) as http:
        told = http.get("/api/health")
    assert told.status_code == 401 and "«gone» отозван" in told.json()["detail"]
    login = httpx.post(f"{address}/login", data={"key": keys["gone"]}, timeout=PATIENCE)
    assert login.status_code == 401 and "отозван" in login.text


def test_an_expired_key_is_told_so(bot: Bot, address: str, keys: dict[str, str]) -> None:
    with client(address, keys["old"]) as http:
        assert http.get("/api/health").status_code == 200  # its last day
        yesterday = (date.today() - timedelta(days=1)).isoformat()
        with bot.library.store.database.writing() as db:
            db.execute("UPDATE keys SET expires = ? WHERE name = 'old'", (yesterday,))
        told = http.get("/api/health")
    assert told.status_code == 401 and "Срок ключа «old» кончился" in told.json()["detail"]


def test_a_key_that_is_nearly_right_is_wrong(address: str, keys: dict[str, str]) -> None:
    right = keys["read"]
    for wrong in (right[:-1], right + "x", right[::-1]):
        with client(address, wrong) as http:
            told = http.get("/api/health")
        assert told.status_code == 401 and "Такого ключа нет" in told.json()["detail"]


def test_revoking_counts_at_once_and_ends_the_session(bot: Bot, address: str) -> None:
    secret = bot.library.keys.add("на день", "read")
    with client(address, "") as http:
        del http.headers["authorization"]
        http.post("/login", data={"key": secret})
        assert http.get("/api/health").status_code == 200
        bot.library.keys.revoke(["на день"])
        assert http.get("/api/health").status_code == 401
    assert secret not in (Path(bot.library.folder) / "library.db").read_bytes().decode("latin-1")


@pytest.mark.parametrize(("host", "open_without"), [("127.0.0.1", 200), ("0.0.0.0", 401)])
def test_the_first_key_locks_a_server_that_runs(host: str, open_without: int, tmp_path: Path) -> None:
    bot = open_sample(tmp_path / "library")
    with client_of(create_app(bot.as_bot, terms=Terms(host))) as http:
        anything = {"Authorization": "Bearer -"}  # what clients send that can't do without
        assert http.get("/api/health", headers=anything).status_code == open_without
        bot.library.keys.add("первый", "read")
        assert http.get("/api/health").status_code == 401
        bot.library.keys.revoke(["первый"], forget=True)
        # The last one forgotten, only a server that nobody else reaches is open again.
        assert http.get("/api/health").status_code == open_without
    bot.close()


# Rights: nothing outside is ever said, in whichever way it is asked for


def asked_everything(http: httpx.Client) -> Iterator[httpx.Response]:
    """Every way of reading there is, with questions that the hidden article answers best."""
    for question in QUESTIONS:
        yield http.post("/api/ask", json={"question": question, "explain": True})
        yield http.post("/api/ask", json={"question": question, "stream": True})
        yield http.post("/api/search", json={"query": question, "k": 100, "explain": True})
        yield http.post("/api/verify", json={"claim": question})
        yield http.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": question}]})
        yield http.post("/v1/responses", json={"input": question})
        yield http.post("/retrieval", json={"query": question, "retrieval_setting": {"top_k": 100}})
        for tool, words in (("ask", "question"), ("search", "query"), ("verify", "claim")):
            yield mcp(http, "tools/call", name=tool, arguments={words: question})
    yield mcp(http, "tools/call", name="list_articles", arguments={})
    yield mcp(http, "resources/list")
    yield mcp(http, "resources/read", uri="snoska://articles/tayna")
    yield mcp(http, "tools/call", name="fetch", arguments={"id": "tayna"})
    for place in ("", "?text=смета", "?q=секретная", "?source=Внутренний+отдел", "?tag=смета"):
        yield http.get(f"/api/articles{place}")
        yield http.get(f"/api/library{place}")
    for rest in ("", "/versions", "/diff", "/original", "/pages/1.png", "?version=1"):
        yield http.get(f"/api/articles/tayna{rest}")
    yield http.get("/articles/tayna")
    yield http.get(f"{PARTS.format('tayna')}&of={digest(SECRET.text)}")
    for limit in ({"articles": ["tayna"]}, {"sources": ["Внутренний отдел"]}, {"tags": ["смета"]}):
        yield http.post("/api/ask", json={"question": QUESTIONS[0], "filters": limit})
        yield http.post("/api/search", json={"query": QUESTIONS[0], "filters": limit})
    yield http.get("/")
    yield http.get("/config")


def mcp(http: httpx.Client, method: str, **params: Any) -> httpx.Response:
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return http.post("/mcp", json=body, headers=headers)


HIDDEN = ("Кызылжарстройпроект", "Секретная смета моста", "48 млрд", "1300 метров", "9 млрд", "14 километров")


def test_a_limited_key_hears_of_nothing_outside(address: str, keys: dict[str, str]) -> None:
    """An unlimited one hears of it by the same ways, else there would be nothing to find."""
    with client(address, keys["read"]) as http:
        heard = [response.text for response in asked_everything(http)]
    assert sum(any(word in text for word in HIDDEN) for text in heard) > len(heard) / 2
    with client(address, keys["limited"]) as http:
        for response in asked_everything(http):
            said = response.text
            asked = response.request.content.decode() + str(response.request.url)
            assert [word for word in HIDDEN if word in said and word not in asked] == [], said[:2000]
            assert response.status_code < 500
        assert [each["id"] for each in http.get("/api/articles").json()["items"]] == ["otkryto"]
        assert http.get("/api/health").json()["articles"] == 1
        answer = http.post("/api/ask", json={"question": QUESTIONS[0]}).json()
        assert answer["found"] and {each["article_id"] for each in answer["citations"]} == {"otkryto"}
    with client(address, keys["none"]) as http:
        answer = http.post("/api/ask", json={"question": QUESTIONS[0]}).json()
        assert not answer["found"] and answer["hits"] == []
        assert http.get("/api/articles").json() == {"total": 0, "items": []}


def test_what_is_hidden_is_refused_as_what_was_never_there(address: str, keys: dict[str, str]) -> None:
    with client(address, keys["limited"]) as http:
        article = "/api/articles/{}"
        for path in (article, f"{article}/versions", f"{article}/diff", "/articles/{}", PARTS + "&of=x"):
            hidden, absent = (http.get(path.format(name)) for name in ("tayna", "tajna"))
            assert (hidden.status_code, hidden.text.replace("tayna", "tajna")) == (404, absent.text)
        hidden, absent = (
            http.post("/api/search", json={"query": "мост", "filters": {"sources": [name]}}).json()["notes"]
            for name in ("Внутренний отдел", "Внутренний отдых")
        )
        assert hidden[0].replace("отдел", "отдых") == absent[0]


def test_an_answer_to_somebody_else_stays_theirs(address: str, keys: dict[str, str]) -> None:
    with client(address, keys["read"]) as http:
        answer_id = http.post("/api/ask", json={"question": QUESTIONS[2]}).json()["answer_id"]
        assert http.get(f"/api/answers/{answer_id}").status_code == 200
    with client(address, keys["limited"]) as http:
        assert http.get(f"/api/answers/{answer_id}").status_code == 404
        assert http.post("/api/feedback", json={"answer_id": answer_id, "good": True}).status_code == 404


def test_a_word_that_only_hidden_articles_have_mends_nothing(bot: Bot) -> None:
    typed = "Кто такой Кызылжарстройпроэкт?"
    assert bot.repaired(typed).repairs
    assert not limited(bot, ONLY_OPEN).repaired(typed).repairs
    assert limited(bot, ONLY_OPEN).repaired("Длина мотса через Иртыш?").repairs  # a word of the open one


def some(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=2).map(tuple)


tags = some("мосты", "город", "смета", "дороги", "нет")
sources = some("Городская газета", "Внутренний отдел", "Нет")
rights = st.builds(Filters, sources=sources, tags=tags)
asked = st.none() | st.builds(
    Filters, sources=sources, tags=tags, articles=some(*(each.id for each in ARTICLES))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sees=rights, filters=asked, question=st.sampled_from(QUESTIONS))
def test_a_key_never_gets_an_article_outside(
    bot: Bot, sees: Filters, filters: Filters | None, question: str
) -> None:
    allowed = {each.id for each in ARTICLES if _is_allowed(sees, each.info)}
    wanted = {each.id for each in ARTICLES if filters is None or _is_allowed(filters, each.info)}
    seen = limited(bot, sees)
    hits = seen.search(question, 50, filters)
    answer = seen.ask(question, filters=filters)
    found = {hit.article.id for hit in (*hits, *answer.hits)}
    found |= {each.article_id for each in (*answer.citations, *seen.verify(question, (), filters).citations)}
    found |= {reprint.article_id for hit in hits for reprint in hit.reprints}
    assert found <= allowed & wanted
    assert {each.info.id for each in seen.library.articles(filters=filters)} == allowed & wanted
    assert seen.library.counts().articles == len(allowed)
    assert set(seen.library.sources()) == {each.info.source for each in ARTICLES if each.id in allowed}


def _is_allowed(filters: Filters, info: ArticleInfo) -> bool:
    return (
        (not filters.sources or info.source in filters.sources)
        and (not filters.tags or bool(set(info.tags) & set(filters.tags)))
        and (not filters.articles or info.id in filters.articles)
    )


def test_a_stream_goes_on_for_those_alone_who_may_see_its_answer(address: str, keys: dict[str, str]) -> None:
    body = {"question": QUESTIONS[2], "stream": True}
    with client(address, keys["read"]) as http:
        told = http.post("/api/ask", json=body).text
        last = [line.removeprefix("id: ") for line in told.splitlines() if line.startswith("id: ")][-1]
        assert "event: delta" not in http.post("/api/ask", json=body, headers={"Last-Event-ID": last}).text
    with client(address, keys["limited"]) as http:
        again = http.post("/api/ask", json=body, headers={"Last-Event-ID": last}).text
    assert last.partition(":")[0] not in again and "tayna" not in again
