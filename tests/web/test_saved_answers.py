"""What is kept, over HTTP: links to answers, exports, opinions, question sets; keys and prefixes."""

from __future__ import annotations

import asyncio
import io
import re
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from markupsafe import escape
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

import rag.web.rates
from rag.chats.records import Exchange
from rag.web.api import create_app
from rag.web.keys import COOKIE, Keys, too_many
from rag.web.page import mount
from rag.web.rates import FORGOTTEN, FREE, LONGEST, WAIT, Attempts
from rag.web.render import answer_html
from rag.web.render_permalink import permalink_html
from rag.web.sessions import LASTS, Left, _digest, is_key, is_session, session
from rag.web.visitors import COOKIE as READER
from tests.patience import PATIENCE
from tests.web.sample import CANAL, HOSTILE, INJECTION, SampleBot, open_sample
from tests.web.serving import running

pytestmark = pytest.mark.slow_file

KEYS = ("первый-ключ-1", "second")
OWNER = "a" * 43


@pytest.fixture(scope="module")
def http(bot: SampleBot) -> Iterator[httpx.Client]:
    app = create_app(bot.as_bot, lambda application: mount(application, bot.as_bot, ()))
    with running(app) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        client.app = app  # type: ignore[attr-defined]
        yield client


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    bot = open_sample(tmp_path_factory.mktemp("locked"))
    app = create_app(bot.as_bot, lambda application: mount(application, bot.as_bot, ()), keys=KEYS)
    with running(app) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        yield client


def keep(
    http: httpx.Client, bot: SampleBot, question: str, owner: str = OWNER, chat: str = ""
) -> tuple[str, str]:
    """A chat of `owner` with one answer more; the chat's id and the answer's."""
    chats = http.app.state.kept.chats  # type: ignore[attr-defined]
    exchange = Exchange(question, bot.ask(question), state="done")
    exchange = replace(exchange, answer=replace(exchange.answer, answer_id=exchange.id))  # type: ignore[type-var]
    place = len(chats.chat(owner, chat).exchanges) if chat else 0
    return chats.save(owner, chat, place, exchange), exchange.id


def test_a_link_shows_the_answer_with_its_evidence_as_it_was(http: httpx.Client, bot: SampleBot) -> None:
    _, answer = keep(http, bot, "Какова длина канала?")
    before = http.get(f"/answers/{answer}")
    assert before.status_code == 200
    (link,) = set(re.findall(r'<a class="footnote" href="#(quote-1-\d+)">1</a>', before.text))
    assert f'<mark id="{link}">Длина канала составит 127,4 км' in before.text
    assert "<button" not in before.text
    try:
        bot.library.put(replace(CANAL, text="Совсем другой текст."), [], "x", "y")
        assert http.get(f"/answers/{answer}").text == before.text
    finally:
        bot.library.put(CANAL, [], "x", "y")
    missing = http.get("/answers/none")
    assert missing.status_code == 404 and "Такого ответа нет" in missing.json()["detail"]


def test_a_link_offers_nothing_that_needs_a_script(bot: SampleBot) -> None:
    polar = replace(bot.ask("Какова длина канала?"), verdict="yes", short_answer=None, answer_id="x")
    assert "Что решило" in answer_html(polar)
    page = permalink_html(Exchange("Правда?", polar, state="done"), {CANAL.id: CANAL})
    assert "<strong>Да</strong>" in page
    assert "Что решило" not in page and "<button" not in page


def test_a_hostile_answer_behind_a_link_runs_nothing(http: httpx.Client, bot: SampleBot) -> None:
    _, answer = keep(http, bot, "зло <script>window.pwned=1</script>")
    page = http.get(f"/answers/{answer}").text
    assert escape(INJECTION) in page
    assert "<script" not in page and "<img" not in page and 'href="javascript' not in page
    assert HOSTILE.info.id not in page


def test_several_chats_are_exported_each_under_its_own_name(http: httpx.Client, bot: SampleBot) -> None:
    same, other, strange = (keep(http, bot, "Какова длина?")[0] for _ in range(3))
    http.app.state.kept.chats.rename(OWNER, strange, "Длина: 127 / 131 …")  # type: ignore[attr-defined]
    foreign, _ = keep(http, bot, "Какова длина?", owner="b" * 43)
    asked: list[tuple[str, Any]] = [
        ("kind", "md"),
        *(("chat", each) for each in (same, other, strange, same, foreign, "нет")),
    ]
    reply = http.get("/chats/export.zip", params=asked, cookies={READER: OWNER})
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.namelist() == ["Какова длина.md", "Какова длина (2).md", "Длина 127 131.md"]
    assert http.get("/chats/export.zip", params=asked[-2:], cookies={READER: OWNER}).status_code == 422
    asked = [("kind", "md"), ("chat", foreign)]
    assert http.get("/chats/export.zip", params=asked, cookies={READER: OWNER}).status_code == 404


@pytest.mark.parametrize(("kind", "start"), [("md", b"# "), ("html", b"<!doctype html>"), ("docx", b"PK")])
def test_a_chat_is_exported_to_its_owner_alone(
    http: httpx.Client, bot: SampleBot, kind: str, start: bytes
) -> None:
    chat, _ = keep(http, bot, "Какова длина канала?")
    own = http.get(f"/chats/{chat}/export.{kind}", headers={"Cookie": f"{READER}={OWNER}"})
    assert own.status_code == 200 and own.content.startswith(start)
    assert own.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    for cookie in ("", f"{READER}={'b' * 43}", f"{READER}=x"):
        assert http.get(f"/chats/{chat}/export.{kind}", headers={"Cookie": cookie}).status_code == 404
    assert http.get(f"/chats/{chat}/export.exe").status_code in (404, 422)


def test_an_answer_of_the_api_can_be_judged(http: httpx.Client) -> None:
    answer = http.post("/api/ask", json={"question": "Какова длина канала?"}).json()
    given = {"answer_id": answer["answer_id"], "good": True, "note": "верно", "keep": True}
    said = http.post("/api/feedback", json=given)
    assert said.json() == {"answer_id": answer["answer_id"], "good": True, "note": "верно", "kept": True}
    again = http.post("/api/feedback", json={"answer_id": answer["answer_id"], "good": False})
    assert again.json()["kept"] is True
    found = http.get("/api/questions")
    assert found.headers["content-type"].startswith("application/jsonl")
    assert '"question":"Какова длина канала?"' in found.text and '"answers":["верно"]' in found.text


def test_streamed_answers_have_an_id_too(http: httpx.Client) -> None:
    said = http.post("/api/ask", json={"question": "Какова длина канала?", "stream": True}).text
    assert '"answer_id": "' in said.split("event: answer")[1]


def test_a_kept_follow_up_takes_its_turns_along(http: httpx.Client, bot: SampleBot) -> None:
    chat, _ = keep(http, bot, "Какова длина канала?")
    _, second = keep(http, bot, "Сколько он стоит?", chat=chat)
    http.post("/api/feedback", json={"answer_id": second, "good": True, "keep": True}).raise_for_status()
    line = http.get("/api/questions").text.splitlines()[-1]
    assert '"history":[{"question":"Какова длина канала?"' in line


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"answer_id": "none", "good": True}, 404),
        ({"answer_id": "x"}, 422),
        ({"answer_id": "x", "good": True, "other": 1}, 422),
        ({"answer_id": "x", "good": True, "note": "я" * 2001}, 422),
    ],
)
def test_wrong_feedback_is_told(http: httpx.Client, given: dict[str, object], status: int) -> None:
    said = http.post("/api/feedback", json=given)
    assert said.status_code == status and said.headers["content-type"] == "application/problem+json"


def test_another_site_cannot_judge(http: httpx.Client) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    given = {"answer_id": "x", "good": True}
    assert http.post("/api/feedback", json=given, headers=headers).status_code == 403


def test_every_browser_gets_a_secret_that_scripts_cannot_read(http: httpx.Client) -> None:
    cookies = [http.get("/", headers={"Cookie": ""}).headers["set-cookie"] for _ in range(2)]
    assert cookies[0] != cookies[1]
    assert all("HttpOnly" in each and "SameSite=Lax" in each for each in cookies)
    known = http.get("/", headers={"Cookie": f"{READER}={OWNER}"})
    assert "set-cookie" not in known.headers


# Keys

WAYS = (
    "/", "/config", "/theme.css", "/docs", "/openapi.json", "/api/health", "/api/articles", "/api/questions",
    "/answers/x", "/chats/x/export.md", "/gradio_api/info", "/gradio_api/app_id", "/gradio_api/queue/data",
    "/gradio_api/heartbeat/x", "/assets/index.js", "/static/img/logo.svg", "//", "/login/", "/login/../",
    "/./", "/%2e/", "/api/owner", "/nope", "/gradio_api/startup-events",
)  # fmt: skip


@pytest.mark.parametrize("path", WAYS)
def test_without_a_key_nothing_is_served(locked: httpx.Client, path: str) -> None:
    locked.cookies.clear()
    plain = locked.get(path)
    assert plain.status_code in (401, 404), plain.text[:200]
    assert "gradio_config" not in plain.text and "Степной" not in plain.text
    browser = locked.get(path, headers={"Accept": "text/html"})
    assert browser.status_code in (303, 401, 404)


@pytest.mark.parametrize(
    "path", ["/api/ask", "/gradio_api/queue/join", "/gradio_api/cancel", "/api/articles"]
)
def test_without_a_key_nothing_is_taken(locked: httpx.Client, path: str) -> None:
    locked.cookies.clear()
    assert locked.post(path, json={"question": "Какова длина канала?"}).status_code == 401


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer second"}, {"X-Api-Key": "second"}])
def test_a_key_opens_the_api(locked: httpx.Client, headers: dict[str, str]) -> None:
    locked.cookies.clear()
    assert locked.get("/api/health", headers=headers).status_code == 200


@pytest.mark.parametrize("key", ["", "secon", "secondd", "Second", "x" * 5_000, "\ud800", "first,second"])
def test_a_wrong_key_opens_nothing(locked: httpx.Client, key: str) -> None:
    login(locked, "second")  # what was guessed before is forgiven
    locked.cookies.clear()
    said = login(locked, key)
    assert said.status_code == 401 and COOKIE not in said.cookies


def test_after_a_wrong_key_one_still_gets_where_one_wanted_to_go(locked: httpx.Client) -> None:
    said = locked.post("/login", data={"key": "не тот", "next": "/answers/x"})
    assert 'name="next" value="/answers/x"' in said.text


def login(http: httpx.Client, key: str) -> httpx.Response:
    form = urlencode({"key": key}, errors="surrogatepass")
    return http.post("/login", content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_a_key_with_a_space_behind_it_is_taken(locked: httpx.Client) -> None:
    assert login(locked, " second ").status_code == 303


def test_a_login_opens_the_page_and_leads_where_one_wanted_to_go(locked: httpx.Client) -> None:
    locked.cookies.clear()
    away = locked.get("/answers/x?y=1", headers={"Accept": "text/html"})
    assert away.headers["location"] == "/login?next=/answers/x%3Fy%3D1"
    form = locked.get(away.headers["location"])
    assert form.status_code == 200 and 'name="next" value="/answers/x?y=1"' in form.text
    inside = locked.post("/login", data={"key": KEYS[0], "next": "/answers/x?y=1"})
    assert (inside.status_code, inside.headers["location"]) == (303, "/answers/x?y=1")
    assert "HttpOnly" in inside.headers["set-cookie"]
    assert locked.get("/").status_code == 200 and locked.get("/api/health").status_code == 200
    locked.get("/logout")
    assert locked.get("/api/health").status_code == 401


def test_who_has_left_is_out_whoever_kept_the_cookie(tmp_path: Path) -> None:
    bot = open_sample(tmp_path)
    for _ in range(2):  # the second server has the folder of the first
        with (
            running(create_app(bot.as_bot, keys=KEYS)) as address,
            httpx.Client(base_url=address, timeout=PATIENCE) as client,
        ):
            cookie = {"Cookie": login(client, "second").headers["set-cookie"].split(";")[0]}
            client.cookies.clear()
            other = {"Cookie": login(client, "second").headers["set-cookie"].split(";")[0]}
            client.cookies.clear()
            assert client.get("/api/health", headers=cookie).status_code == 200
            client.get("/logout", headers=cookie)
            assert client.get("/api/health", headers=cookie).status_code == 401
            assert client.get("/api/health", headers=other).status_code == 200
    with running(create_app(bot.as_bot, keys=KEYS)) as address:
        assert httpx.get(f"{address}/api/health", headers=cookie, timeout=PATIENCE).status_code == 401
        assert httpx.get(f"{address}/api/health", headers=other, timeout=PATIENCE).status_code == 200


def test_what_is_kept_of_sessions_that_were_left_is_bounded_by_their_end(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    left = Left(tmp_path, now)
    first, second = session("second", now), session("second", now + 10)
    left.add(first, now)
    left.add(second, now)
    assert first in left and second in left and session("second", now) not in left
    assert first not in Left(tmp_path, now + LASTS + 5) and second in Left(tmp_path, now + LASTS + 5)
    assert (tmp_path / "sessions.left").stat().st_mode & 0o777 == 0o600
    assert first not in (tmp_path / "sessions.left").read_text()


RUSSIAN = "ключ-«Ёлочка»"


@pytest.mark.parametrize(
    "sent",
    [RUSSIAN.encode(), unicodedata.normalize("NFD", RUSSIAN).encode(), b" " + RUSSIAN.encode() + b" "],
    ids=["UTF-8", "decomposed", "with blanks"],
)
def test_a_key_beyond_ascii_opens(sent: bytes) -> None:
    async def ask(headers: list[tuple[bytes, bytes]]) -> int:
        transport = httpx.ASGITransport(Keys(inside, (RUSSIAN, "café")))
        async with httpx.AsyncClient(transport=transport, base_url="http://snoska") as client:
            return (await client.get("/api/health", headers=headers)).status_code

    assert asyncio.run(ask([(b"x-api-key", sent)])) == 200
    assert asyncio.run(ask([(b"authorization", b"Bearer " + sent)])) == 200
    assert asyncio.run(ask([(b"x-api-key", "café".encode("latin-1"))])) == 200
    assert asyncio.run(ask([(b"x-api-key", sent + "я".encode())])) == 401


def test_keys_of_any_length_take_the_same_way() -> None:
    """What is compared is as long for every key: its length isn't told either."""
    assert {len(_digest(key)) for key in ("", "second", RUSSIAN, "x" * 10_000)} == {32}
    assert is_key(KEYS, "nothing", "second") and not is_key(KEYS, "") and not is_key((), "second")


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("inside")(scope, receive, send)


@pytest.fixture()
def hour() -> list[float]:
    """The time by which waiting is counted; a test moves it."""
    return [1_800_000_000.0]


@pytest.fixture()
def guarded(hour: list[float]) -> Keys:
    return Keys(inside, KEYS, lambda: hour[0])


def sent(guarded: Keys, address: str, key: str, bearer: bool = False) -> httpx.Response:
    """What a program, or somebody at the login, is answered who comes from `address` with `key`."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(guarded, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://snoska") as client:
            if bearer:
                return await client.get("/api/health", headers={"X-Api-Key": key})
            return await client.post("/login", data={"key": key})

    return asyncio.run(send())


@pytest.mark.parametrize("bearer", [False, True], ids=["at the login", "over the API"])
def test_guessing_has_to_wait_and_others_do_not(guarded: Keys, hour: list[float], bearer: bool) -> None:
    for number in range(FREE):
        assert sent(guarded, "192.0.2.1", f"guess-{number}", bearer).status_code == 401
    for given in (bearer, not bearer):  # neither way is open
        refused = sent(guarded, "192.0.2.1", "one-more", given)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, str(WAIT))
        assert "Подождите 30\u00a0секунд" in refused.text
    assert sent(guarded, "192.0.2.2", "second", bearer).status_code in (200, 303)
    hour[0] += WAIT
    assert sent(guarded, "192.0.2.1", "guess-again", bearer).status_code == 401
    assert sent(guarded, "192.0.2.1", "one-more", bearer).headers["retry-after"] == str(2 * WAIT)
    # Whoever has a right key behind the same address is let in at once, and it begins anew.
    assert sent(guarded, "192.0.2.1", "second", bearer).status_code in (200, 303)
    assert sent(guarded, "192.0.2.1", "guess", bearer).status_code == 401


def test_the_same_wrong_key_again_is_no_guess(guarded: Keys) -> None:
    statuses = {sent(guarded, "192.0.2.1", "yesterday's", bearer=True).status_code for _ in range(3 * FREE)}
    assert statuses == {401}


def test_a_session_goes_on_while_its_address_waits(guarded: Keys, hour: list[float]) -> None:
    for number in range(FREE):
        sent(guarded, "192.0.2.1", f"guess-{number}")
    transport = httpx.ASGITransport(guarded, client=("192.0.2.1", 1))

    async def inside() -> str:
        cookies = {COOKIE: session("second", hour[0])}
        async with httpx.AsyncClient(transport=transport, base_url="http://x", cookies=cookies) as client:
            return (await client.get("/")).text

    assert asyncio.run(inside()) == "inside"


def test_what_is_remembered_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.web.rates, "ADDRESSES", 2)
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for network in ("2001:db8:0:1::", "2001:db8:0:2::", "192.0.2.1"):
        for number in range(FREE):
            attempts.wrong(f"{network}{number}" if ":" in network else network, f"guess-{number}")
    waits = [attempts.wait(each) for each in ("2001:db8:0:1::9", "2001:db8:0:2::9", "192.0.2.1", "")]
    assert waits == [0, WAIT, WAIT, 0]  # a whole /64 waits; the first one is forgotten
    for number in range(100):
        attempts.wrong("192.0.2.1", f"more-{number}")
    assert attempts.wait("192.0.2.1") == LONGEST
    now[0] += 2 * FORGOTTEN
    attempts.wrong("192.0.2.1", "late")
    assert attempts.wait("192.0.2.1") == 0


def test_a_long_wait_is_told_in_minutes() -> None:
    assert "Подождите 15\u00a0минут и" in too_many(LONGEST)
    assert "Подождите 2\u00a0минуты" in too_many(91) and "Подождите 1\u00a0секунду" in too_many(1)


@pytest.mark.parametrize(
    "onward", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\nb"]
)
def test_a_login_leads_to_no_other_site(locked: httpx.Client, onward: str) -> None:
    locked.cookies.clear()
    assert locked.post("/login", data={"key": "second", "next": onward}).headers["location"] == "/"


def test_sessions_end_and_cannot_be_made_up() -> None:
    now = time.time()
    made = session("second", now)
    assert is_session(KEYS, made, now)
    assert not is_session(("other",), made, now)  # its key was withdrawn
    assert not is_session(KEYS, made, now + 40 * 24 * 3600)
    ends, rest = made.split(".", 1)
    for forged in (
        "",
        "..",
        f"{int(ends) + 1}.{rest}",
        made[:-1],
        f"{ends}.x.y",
        "²." + rest,
        "9" * 99 + ".",
    ):
        assert not is_session(KEYS, forged, now)


# A path prefix


@pytest.mark.parametrize("strips", [True, False], ids=["the proxy cuts it off", "the proxy leaves it"])
def test_everything_answers_below_a_prefix(tmp_path: Path, strips: bool) -> None:
    bot = open_sample(tmp_path)
    app = create_app(bot.as_bot, lambda application: mount(application, bot.as_bot, ()), KEYS, "/snoska")
    with running(app) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        prefix = "" if strips else "/snoska"
        away = client.get(f"{prefix}/", headers={"Accept": "text/html"})
        assert away.headers["location"].startswith("/snoska/login?next=/")
        inside = client.post(f"{prefix}/login", data={"key": "second", "next": "/"})
        assert inside.headers["location"] == "/snoska/"
        assert "Path=/snoska/" in inside.headers["set-cookie"]
        cookie = {"Cookie": inside.headers["set-cookie"].split(";")[0]}
        assert client.get(f"{prefix}/api/health", headers=cookie).status_code == 200
        assert client.get(f"{prefix}/docs", headers=cookie).status_code == 200
        page = client.get(f"{prefix}/", headers=cookie)
        assert page.status_code == 200 and "/snoska" in page.text
