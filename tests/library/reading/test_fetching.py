import gzip
import socket
import threading
from collections.abc import Iterator

import pytest

from rag.errors import ArticleError
from rag.library.reading import addresses
from rag.library.reading.addresses import canonical, is_public, slug, whole
from rag.library.reading.fetching import Fetcher

from .site import Site, body, endless, missing, never_begins, serving, to

PAGE = "<html><body><p>Рудник открыт.</p></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.answers["/a"] = body(PAGE)
        yield site


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(ArticleError) as caught:
        fetcher.fetch(url)
    return str(caught.value)


def test_a_page(site: Site) -> None:
    found = Fetcher(private=True).fetch(f"{site.root}/a#place")
    assert (found.data.decode(), found.kind, found.charset) == (PAGE, "text/html", "utf-8")
    assert site.paths() == ["/robots.txt", "/a"]
    assert all("Snoska" in agent for _, _, agent in site.asked)


def test_a_packed_page(site: Site) -> None:
    site.answers["/a"] = body(gzip.compress(PAGE.encode()), Content_Encoding="gzip")
    assert Fetcher(private=True).fetch(f"{site.root}/a").data.decode() == PAGE


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
    assert "не ответил за 0,5 с" in refusal(Fetcher(private=True, seconds=0.5), f"{site.root}/a")


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert "соединение не удалось" in refusal(Fetcher(private=True), url)


def test_a_redirect_is_followed_and_told(site: Site) -> None:
    site.answers["/old"] = to("/a", 301)
    assert Fetcher(private=True).fetch(f"{site.root}/old").url == f"{site.root}/a"


# Machines of the own network


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a",
        "http://localhost:{port}/a",
        "http://2130706433:{port}/a",
        "http://0x7f.1:{port}/a",
        "http://[::1]:{port}/a",
        "http://[::ffff:127.0.0.1]:{port}/a",
        "http://0.0.0.0:{port}/a",
    ],
)
def test_this_machine_is_not_asked(site: Site, url: str) -> None:
    assert "RAG_FETCH_PRIVATE=1" in refusal(Fetcher(), url.format(port=site.port))
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2a02:6b8::feed:0ff", True), ("127.0.0.1", False), ("10.1.2.3", False),
     ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
     ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("240.0.0.1", False),
     ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
     ("ff02::1", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True), ("2002:7f00:1::", False),
     ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True), ("no address", False)],
)  # fmt: skip
def test_addresses_of_the_open_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_redirect_into_the_own_network_is_not_followed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here 127.0.0.1 stands for the open Internet; 127.0.0.2 is as private as it is."""
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip == "127.0.0.1")
    with serving("127.0.0.2") as inner:
        inner.answers["/secret"] = body(PAGE)
        site.answers["/a"] = to(f"{inner.root}/secret")
        assert "внутренней сети (127.0.0.2)" in refusal(Fetcher(), f"{site.root}/a")
        assert inner.asked == []


class Names:
    """A resolver for names that exist nowhere; each answer is used up, the last one stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **names: list[list[str]]) -> None:
        self.asked: list[str] = []
        self._names = {name.replace("_", "."): answers for name, answers in names.items()}
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.lookup)

    def lookup(self, host: str, port: int, *rest: object, **named: object) -> object:
        self.asked.append(host)
        if host not in self._names:
            return self._real(host, port, *rest, **named)  # type: ignore[arg-type]
        answers = self._names[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def test_the_address_that_was_checked_is_the_one_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its mind between the check and the connection gains nothing."""
    monkeypatch.setattr(addresses, "is_public", lambda ip: ip == "127.0.0.1")
    with serving("127.0.0.2") as inner:
        # Asked a second time for the same connection, the name would lead to the inner machine.
        names = Names(monkeypatch, rebinding_test=[["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"]])
        assert Fetcher().fetch(f"http://rebinding.test:{site.port}/a").status == 200
        assert names.asked.count("rebinding.test") == 2  # robots.txt and the page
        assert {host for _, host, _ in site.asked} == {f"rebinding.test:{site.port}"}
        assert "внутренней сети" in refusal(Fetcher(), f"http://rebinding.test:{site.port}/a")
        assert inner.asked == []


def test_one_private_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, mixed_test=[["8.8.8.8", "10.0.0.1"]])
    assert "внутренней сети (10.0.0.1)" in refusal(Fetcher(), "http://mixed.test/")


def test_a_name_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*given: object, **named: object) -> object:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert "адрес nowhere.test не найден" in refusal(Fetcher(), "https://nowhere.test/")


def test_a_resolver_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_rules_are_read_once_a_site(site: Site) -> None:
    fetcher = Fetcher(private=True)
    for _ in range(3):
        fetcher.fetch(f"{site.root}/a")
    assert site.paths().count("/robots.txt") == 1


def test_rules_that_can_not_be_had_forbid(site: Site) -> None:
    site.answers["/robots.txt"] = body("", status=500)
    assert "robots.txt" in refusal(Fetcher(private=True), f"{site.root}/a")


def test_rules_behind_a_redirect_and_the_beginning_of_endless_ones(site: Site) -> None:
    site.answers["/robots.txt"] = to("/rules")
    site.answers["/rules"] = endless(b"User-agent: *\nDisallow: /a\n" * 100)
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


def test_long_addresses_have_ids_of_their_own() -> None:
    first, second = (slug(f"https://example.org/{'a' * 500}{each}") for each in "12")
    assert first != second and len(first) < 250


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
