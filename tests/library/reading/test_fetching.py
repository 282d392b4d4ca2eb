import gzip
import socket
import threading

import pytest

from rag.errors import ArticleError
from rag.library.reading import addresses
from rag.library.reading.addresses import canonical, is_public, slug, whole
from rag.library.reading.fetching import Fetcher

from .site import Site, body, endless, missing, never_begins, serving, to

PAGE = "<html><body><p>Рудник открыт.</p></body></html>"


@pytest.fixture
def site(site: Site) -> Site:
    site.answers["/a"] = body(PAGE)
    return site


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(ArticleError) as caught:
        fetcher.fetch(url)
    return str(caught.value)


def test_a_page(site: Site) -> None:
    found = Fetcher(private=True).fetch(f"{site.root}/a#place")
    assert (found.data.decode(), found.kind, found.charset) == (PAGE, "text/html", "utf-8")
    assert site.paths() == ["/robots.txt", "/a"]
    assert all("Snoska" in agent for _, _, agent in site.asked)


def test_a_packed_page_and_a_redirect(site: Site) -> None:
    site.answers["/packed"] = body(gzip.compress(PAGE.encode()), Content_Encoding="gzip")
    site.answers["/old"] = to("/packed", 301)
    found = Fetcher(private=True).fetch(f"{site.root}/old")
    assert (found.data.decode(), found.url) == (PAGE, f"{site.root}/packed")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (missing, "сервер ответил 404 (нет такой страницы)"),
        (body("", status=503), "сервер ответил 503"),
        (body("  "), "пустой ответ"),
        (body(b"x" * 200_000), "больше предела в 0,1 МБ"),
        (endless(b"x" * 10_000), "больше предела в 0,1 МБ"),
        (body(gzip.compress(b"0" * 50_000_000), Content_Encoding="gzip"), "больше предела в 0,1 МБ"),
        (body(b"no gzip", Content_Encoding="gzip"), "повреждён при передаче"),
        (body(b"x", Content_Encoding="br"), "неизвестным способом (br)"),
        (to("/a"), "больше 5 переадресаций"),
        (to("ftp://example.org/"), "нужен адрес вида https://"),
        (to("file:///etc/passwd"), "нужен адрес вида https://"),
        (to("http://user:word@example.org/"), "с именем и паролем"),
    ],
)
def test_answers_that_give_no_page(site: Site, answer: object, reason: str) -> None:
    site.answers["/a"] = answer  # type: ignore[assignment]
    fetcher = Fetcher(private=True, limit=100_000)
    assert reason in refusal(fetcher, f"{site.root}/a")


@pytest.mark.parametrize("answer", [endless(b"x", pause=0.02), never_begins])
def test_who_sends_a_byte_a_moment_is_left(site: Site, answer: object) -> None:
    """No single wait is long here, so only a limit for all of them together ends it."""
    site.answers["/a"] = answer  # type: ignore[assignment]
    assert "не ответил за 0,3 с" in refusal(Fetcher(private=True, seconds=0.3), f"{site.root}/a")


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert "соединение не удалось" in refusal(Fetcher(private=True), url)


# Machines of the own network


def test_this_machine_is_not_asked(site: Site) -> None:
    for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"):
        assert "RAG_FETCH_PRIVATE=1" in refusal(Fetcher(), f"http://{host}:{site.port}/a"), host
    assert site.asked == []


OPEN = "8.8.8.8 2a02:6b8::feed:0ff ::ffff:8.8.8.8 64:ff9b::808:808"
OWN = (
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 "
    "240.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fd00::1 ff02::1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1 none"
)


def test_addresses_of_the_open_internet() -> None:
    assert [address for address in f"{OPEN} {OWN}".split() if is_public(address)] == OPEN.split()


def test_a_redirect_into_the_own_network_is_not_followed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here 127.0.0.1 stands for the open Internet; 127.0.0.2 is as private as it is."""
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip == "127.0.0.1")
    with serving("127.0.0.2") as inner:
        inner.answers["/secret"] = body(PAGE)
        site.answers["/a"] = to(f"{inner.root}/secret")
        assert "внутренней сети (127.0.0.2)" in refusal(Fetcher(), f"{site.root}/a")
        assert inner.asked == []


def resolve(monkeypatch: pytest.MonkeyPatch, *answers: list[str] | Exception) -> list[str]:
    """Answers for names under «.test», one after another, the last one again; what was asked."""
    asked: list[str] = []
    left, real = list(answers), socket.getaddrinfo

    def lookup(host: str, port: int, *rest: object, **named: object) -> object:
        if not host.endswith(".test"):
            return real(host, port, *rest, **named)  # type: ignore[arg-type]
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_the_address_that_was_checked_is_the_one_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its mind between the check and the connection gains nothing."""
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip == "127.0.0.1")
    with serving("127.0.0.2") as inner:
        # Asked a second time for the same connection, the name would lead to the inner machine.
        asked = resolve(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"])
        assert Fetcher().fetch(f"http://rebinding.test:{site.port}/a").status == 200
        assert asked == ["rebinding.test"] * 2  # robots.txt and the page
        assert {host for _, host, _ in site.asked} == {f"rebinding.test:{site.port}"}
        assert "внутренней сети" in refusal(Fetcher(), f"http://rebinding.test:{site.port}/a")
        assert inner.asked == []


def test_a_name_that_leads_nowhere_or_partly_into_the_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    assert "внутренней сети (10.0.0.1)" in refusal(Fetcher(), "http://mixed.test/")
    resolve(monkeypatch, socket.gaierror(-2, "unknown"))
    assert "адрес nowhere.test не найден" in refusal(Fetcher(), "https://nowhere.test/")
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [answered.wait(60)][:0])
    assert "silent.test не удалось найти вовремя" in refusal(Fetcher(seconds=0.2), "https://silent.test/")
    answered.set()


# robots.txt


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /b", True),
        ("User-agent: *\nDisallow: /*a$", False),
        ("User-agent: snoska\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: snoska\nAllow: /", True),
        ("", True),
        ("<html>не правила</html>", True),
    ],
)
def test_robots(site: Site, rules: str, allowed: bool) -> None:
    site.answers["/robots.txt"] = body(rules, "text/plain")
    if allowed:
        assert Fetcher(private=True).fetch(f"{site.root}/a").status == 200
    else:
        assert "robots.txt" in refusal(Fetcher(private=True), f"{site.root}/a")
        assert site.paths() == ["/robots.txt"]


def test_rules_are_read_once_a_site_and_forbid_where_they_can_not_be_had(site: Site) -> None:
    fetcher = Fetcher(private=True)
    for _ in range(3):
        fetcher.fetch(f"{site.root}/a")
    assert site.paths().count("/robots.txt") == 1
    site.answers["/robots.txt"] = body("", status=500)
    assert "robots.txt" in refusal(Fetcher(private=True), f"{site.root}/a")


def test_rules_behind_a_redirect_and_the_beginning_of_endless_ones(site: Site) -> None:
    site.answers["/robots.txt"] = to("/rules")
    site.answers["/rules"] = endless(b"User-agent: *\nDisallow: /a\n" + b"#" * 9_000 + b"\n")
    assert "запрещает" in refusal(Fetcher(private=True), f"{site.root}/a")


def test_a_redirect_to_what_is_forbidden_is_not_followed(site: Site) -> None:
    site.answers["/robots.txt"] = body("User-agent: *\nDisallow: /b", "text/plain")
    site.answers["/a"], site.answers["/b"] = to("/b"), body(PAGE)
    assert "запрещает" in refusal(Fetcher(private=True), f"{site.root}/a")
    assert "/b" not in site.paths()


# Addresses as they are written


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://www.example.org/2026/02/most.html", "example.org/2026/02/most"),
        ("http://EXAMPLE.org:8080/News/", "example.org/news"),
        ("https://example.org", "example.org"),
        ("https://example.org/a?id=5&x=../..", "example.org/a/id-5-x"),
        ("https://example.org/../../etc/passwd", "example.org/etc/passwd"),
        ("https://пример.рф/мост через реку", "пример.рф/мост-через-реку"),
        ("https://example.org/%D0%BC%D0%BE%D1%81%D1%82", "example.org/мост"),
    ],
)
def test_ids_of_addresses(url: str, id: str) -> None:
    assert slug(url) == id
    first, second = (slug(f"{url}{'a' * 500}{each}") for each in "12")
    assert first != second and len(first) < 250, "long ones have ids of their own"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://пример.рф/мост?имя=a b", "https://xn--e1afmkfd.xn--p1ai/%D0%BC%D0%BE%D1%81%D1%82?"
         "%D0%B8%D0%BC%D1%8F=a%20b"),
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:8443/a%20b#c", "https://example.org:8443/a%20b"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)  # fmt: skip
def test_addresses_are_asked_for_in_ascii(url: str, asked: str) -> None:
    assert whole(canonical(url)) == asked


@pytest.mark.parametrize(
    "url", ["https://", "https://[::1", "http://a:99999/", "ftp://a/", "https://" + "a" * 3000]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ArticleError):
        canonical(url)
