"""Keys at the door: what is closed without one, logins and sessions, guessing, a prefix of a proxy."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

import rag.web.rates
from rag.web.api import create_app
from rag.web.keys import COOKIE, Keys, too_many
from rag.web.rates import FORGOTTEN, FREE, LONGEST, WAIT, Attempts
from rag.web.sessions import LASTS, Left, _digest, is_key, is_session, session
from tests.web.sample import open_sample
from tests.web.serving import client_of
from tests.web.visiting import with_page

pytestmark = pytest.mark.slow_file

KEYS = ("первый-ключ-1", "second")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with client_of(with_page(open_sample(tmp_path_factory.mktemp("locked")), keys=KEYS)) as client:
        yield client


WAYS = (
    "/", "/config", "/theme.css", "/docs", "/openapi.json", "/api/health", "/api/articles", "/api/questions",
    "/answers/x", "/chats/x/export.md", "/gradio_api/info", "/gradio_api/app_id", "/gradio_api/queue/data",
    "/gradio_api/heartbeat/x", "/assets/index.js", "/static/img/logo.svg", "//", "/login/", "/login/../",
    "/./", "/%2e/", "/api/owner", "/nope", "/gradio_api/startup-events",
)  # fmt: skip


def test_without_a_key_nothing_is_served_or_taken(locked: httpx.Client) -> None:
    locked.cookies.clear()
    for path in WAYS:
        plain = locked.get(path)
        assert plain.status_code in (401, 404), path
        assert "gradio_config" not in plain.text and "Степной" not in plain.text, path
        assert locked.get(path, headers={"Accept": "text/html"}).status_code in (303, 401, 404), path
    for path in ("/api/ask", "/gradio_api/queue/join", "/gradio_api/cancel", "/api/articles"):
        assert locked.post(path, json={"question": "Какова длина канала?"}).status_code == 401, path
    for headers in ({"Authorization": "Bearer second"}, {"X-Api-Key": "second"}):
        assert locked.get("/api/health", headers=headers).status_code == 200


@pytest.mark.parametrize("key", ["", "secon", "secondd", "Second", "x" * 5_000, "\ud800", "first,second"])
def test_a_wrong_key_opens_nothing(locked: httpx.Client, key: str) -> None:
    login(locked, "second")  # what was guessed before is forgiven
    locked.cookies.clear()
    said = login(locked, key)
    assert said.status_code == 401 and COOKIE not in said.cookies


def login(http: httpx.Client, key: str) -> httpx.Response:
    form = urlencode({"key": key}, errors="surrogatepass")
    return http.post("/login", content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_a_login_opens_the_page_and_leads_where_one_wanted_to_go(locked: httpx.Client) -> None:
    locked.cookies.clear()
    away = locked.get("/answers/x?y=1", headers={"Accept": "text/html"})
    assert away.headers["location"] == "/login?next=/answers/x%3Fy%3D1"
    form = locked.get(away.headers["location"])
    assert form.status_code == 200 and 'name="next" value="/answers/x?y=1"' in form.text
    wrong = locked.post("/login", data={"key": "не тот", "next": "/answers/x"})
    assert 'name="next" value="/answers/x"' in wrong.text
    inside = locked.post("/login", data={"key": f" {KEYS[0]} ", "next": "/answers/x?y=1"})
    assert (inside.status_code, inside.headers["location"]) == (303, "/answers/x?y=1")
    assert "HttpOnly" in inside.headers["set-cookie"]
    assert locked.get("/").status_code == 200 and locked.get("/api/health").status_code == 200
    locked.get("/logout")
    assert locked.get("/api/health").status_code == 401


def test_who_has_left_is_out_whoever_kept_the_cookie(tmp_path: Path) -> None:
    bot = open_sample(tmp_path)
    for _ in range(2):  # the second server has the folder of the first
        with client_of(create_app(bot.as_bot, keys=KEYS)) as client:
            cookie = {"Cookie": login(client, "second").headers["set-cookie"].split(";")[0]}
            client.cookies.clear()
            other = {"Cookie": login(client, "second").headers["set-cookie"].split(";")[0]}
            client.cookies.clear()
            assert client.get("/api/health", headers=cookie).status_code == 200
            client.get("/logout", headers=cookie)
            assert client.get("/api/health", headers=cookie).status_code == 401
            assert client.get("/api/health", headers=other).status_code == 200
    with client_of(create_app(bot.as_bot, keys=KEYS)) as client:
        assert client.get("/api/health", headers=cookie).status_code == 401
        assert client.get("/api/health", headers=other).status_code == 200


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


def test_a_key_beyond_ascii_opens() -> None:
    async def ask(*headers: tuple[bytes, bytes]) -> int:
        transport = httpx.ASGITransport(Keys(inside, (RUSSIAN, "café")))
        async with httpx.AsyncClient(transport=transport, base_url="http://snoska") as client:
            return (await client.get("/api/health", headers=headers)).status_code

    for sent in (RUSSIAN.encode(), unicodedata.normalize("NFD", RUSSIAN).encode(), f" {RUSSIAN} ".encode()):
        assert asyncio.run(ask((b"x-api-key", sent))) == 200
        assert asyncio.run(ask((b"authorization", b"Bearer " + sent))) == 200
        assert asyncio.run(ask((b"x-api-key", sent + "я".encode()))) == 401
    assert asyncio.run(ask((b"x-api-key", "café".encode("latin-1")))) == 200


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


def test_a_login_leads_to_no_other_site(locked: httpx.Client) -> None:
    for onward in ("https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\nb"):
        locked.cookies.clear()
        assert locked.post("/login", data={"key": "second", "next": onward}).headers["location"] == "/"


def test_sessions_end_and_cannot_be_made_up() -> None:
    now = time.time()
    made = session("second", now)
    assert is_session(KEYS, made, now)
    assert not is_session(("other",), made, now)  # its key was withdrawn
    assert not is_session(KEYS, made, now + 40 * 24 * 3600)
    ends, rest = made.split(".", 1)
    later = f"{int(ends) + 1}.{rest}"
    for forged in ("", "..", later, made[:-1], f"{ends}.x.y", "²." + rest, "9" * 99 + "."):
        assert not is_session(KEYS, forged, now)


# A path prefix


def test_everything_answers_below_a_prefix(tmp_path: Path) -> None:
    """Whether the proxy cuts it off or leaves it."""
    with client_of(with_page(open_sample(tmp_path), keys=KEYS, root_path="/snoska")) as client:
        for prefix in ("", "/snoska"):
            client.cookies.clear()
            away = client.get(f"{prefix}/", headers={"Accept": "text/html"})
            assert away.headers["location"].startswith("/snoska/login?next=/")
            inside = client.post(f"{prefix}/login", data={"key": "second", "next": "/"})
            assert inside.headers["location"] == "/snoska/"
            assert "Path=/snoska/" in inside.headers["set-cookie"]
            cookie = {"Cookie": inside.headers["set-cookie"].split(";")[0]}
            for path in ("/api/health", "/docs", "/"):
                assert client.get(prefix + path, headers=cookie).status_code == 200
            assert "/snoska" in client.get(f"{prefix}/", headers=cookie).text
