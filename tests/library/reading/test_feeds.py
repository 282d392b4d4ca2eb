import pytest

from rag.library.readers import checked, pieces
from rag.library.reading.fetching import Fetcher
from rag.library.reading.places import Page
from rag.types import Article, ArticleInfo

from .making import articles, only
from .site import Site, body, missing

LONG = "Рудник открыли весной, и он даёт медь. " * 20
RSS = """<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Вестник</title>
<item><title>Рудник &amp;amp; медь</title><link>{root}/news/1.html</link><dc:creator>Анна Ким</dc:creator>
 <pubDate>Mon, 23 Feb 2026 10:15:00 +0300</pubDate><category>медь</category>
 <description>Коротко о руднике.</description>
 <content:encoded><![CDATA[<p>Рудник&nbsp;открыт.</p><script>x()</script><p>{long}</p>]]></content:encoded></item>
<item><title>Завод</title><link>{root}/news/2</link><pubDate>23 фев 2026</pubDate>
 <description>&lt;p&gt;Завод работает.&lt;/p&gt;</description></item>
<item><title>Без адреса</title><description>Порт построили.</description></item>
</channel></rss>"""


def rss(root: str = "https://example.org", encoding: str = "utf-8") -> str:
    return RSS.format(root=root, encoding=encoding, long=LONG)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_a_saved_feed(encoding: str) -> None:
    first, second, third = articles(
        rss(encoding=encoding).encode(encoding, "xmlcharrefreplace"), "лента.xml", "лента"
    )
    assert first.info == ArticleInfo(
        "лента/example.org/news/1", "Рудник & медь", "Вестник", "2026-02-23", "https://example.org/news/1.html",
        ("медь",), "Анна Ким", "Mon, 23 Feb 2026 10:15:00 +0300",
    )  # fmt: skip
    assert first.text == f"Коротко о руднике.\n\nРудник открыт.\n\n{LONG.strip()}"
    assert (second.text, second.info.published) == ("Завод работает.", "2026-02-23")
    assert third.id == "лента/3"


def test_atom() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Вестник</title><entry><title>Рудник</title>'
        '<link href="https://example.org/a"/><updated>2026-02-23T10:00:00Z</updated>'
        f'<author><name>Анна</name></author><content type="html">&lt;p&gt;{LONG}&lt;/p&gt;</content>'
        "</entry></feed>"
    )
    info = only(feed.encode(), "a.atom").info
    assert (info.id, info.author, info.published) == ("a/example.org/a", "Анна", "2026-02-23")


# Fetched


@pytest.fixture
def site(site: Site) -> Site:
    site.answers["/rss"] = body(rss(site.root), "application/xml")
    return site


def fetched(site: Site, path: str = "/rss") -> list[Article]:
    return [
        checked(each.article()) for each in pieces(Page(site.root + path, Fetcher(private=True)).source())
    ]


def test_pages_of_a_fetched_feed_give_the_whole_text(site: Site) -> None:
    page = f"<html><head><title>Иное</title></head><body><article><p>{LONG * 2}</p></article></body></html>"
    site.answers["/news/2"] = body(page)
    first, second, third = fetched(site)
    assert first.text.startswith("Коротко о руднике.\n\nРудник открыт.")
    assert "/news/1.html" not in site.paths()  # the feed has the whole of it
    assert second.text.count("даёт медь") > 20
    assert (second.id, second.info.title) == ("127.0.0.1/news/2", "Завод")
    assert (second.info.published, second.info.source) == ("2026-02-23", "Вестник")
    assert third.text == "Порт построили."


@pytest.mark.parametrize("answer", [missing, body("<html></html>")])
def test_where_a_page_can_not_be_read_the_feed_has_to_do(site: Site, answer: object) -> None:
    site.answers["/news/2"] = answer  # type: ignore[assignment]
    assert fetched(site)[1].text == "Завод работает."


def test_entries_belong_to_their_own_addresses(site: Site) -> None:
    """So an article stays when the feed has moved on."""
    found = list(pieces(Page(f"{site.root}/rss", Fetcher(private=True)).source()))
    assert [each.origin for each in found] == [f"{site.root}/news/1.html", f"{site.root}/news/2", None]


@pytest.mark.parametrize(
    ("kind", "data", "suffix"),
    [
        ("text/html; charset=windows-1251", "<html><p>Рудник</p></html>".encode("cp1251"), ".html"),
        ("text/html", rss().encode(), ".xml"),
        ("text/plain", "Рудник открыт.".encode(), ".txt"),
        ("application/octet-stream", b"%PDF-1.7", ".pdf"),
        ("", b'{"text": "x"}', ".jsonl"),
        ("text/csv", b"text\nx", ".csv"),
    ],
)
def test_formats_of_what_a_server_sends(site: Site, kind: str, data: bytes, suffix: str) -> None:
    site.answers["/x"] = body(data, kind)
    source = Page(f"{site.root}/x", Fetcher(private=True)).source()
    assert (source.suffix, source.id) == (suffix, "127.0.0.1/x")
