"""Addresses on the web: what an article from there is called, and which machines may be asked at all."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from rag.errors import ArticleError

SCHEMES = ("http://", "https://")
_LONGEST = 2_000
_LONGEST_SLUG = 200
_PAGE_SUFFIX = re.compile(
    r"\.(?:s?html?|xhtml|php|aspx?|jsp|pdf|md|txt|rss|atom|xml|jsonl?|csv|fb2\.zip|zip|docx?|epub|fb2|rtf"
    r"|od[pst]|pptx|xlsx?|eml|mbox|srt|vtt)$"
)
_NO_NAME = re.compile(r"[^\w.-]+")
_NAT64 = ip_network("64:ff9b::/96")


def is_address(text: str) -> bool:
    return text.lower().startswith(SCHEMES)


def slug(url: str) -> str:
    """An id for the article at `url`: «https://www.example.org/2026/most.html» → «example.org/2026/most»."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = _PAGE_SUFFIX.sub("", unquote(parts.path).strip("/").lower())
    named = [_NO_NAME.sub("-", each).strip("-.") for each in (host, *path.split("/"), unquote(parts.query))]
    whole = "/".join(each for each in named if each)
    if len(whole) <= _LONGEST_SLUG:
        return whole
    return f"{whole[:_LONGEST_SLUG]}-{blake2b(url.encode(), digest_size=4).hexdigest()}"


def canonical(url: str) -> SplitResult:
    """`url` in ASCII and without a fragment: hosts in IDNA, paths quoted. Raises ArticleError."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError):
        raise ArticleError(f"адрес записан неверно: {url[:200]}") from None
    if parts.scheme.lower() not in ("http", "https") or not host or len(url) > _LONGEST:
        raise ArticleError(f"нужен адрес вида https://…, а не {url[:200]}")
    if parts.username is not None or parts.password is not None:
        raise ArticleError("адрес с именем и паролем не читается; уберите их")
    where = f"[{host}]" if ":" in host else host
    return SplitResult(
        parts.scheme.lower(),
        where if port is None else f"{where}:{port}",
        quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"),
        quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"),
        "",
    )


def whole(parts: SplitResult) -> str:
    return urlunsplit(parts)


def machines(host: str, port: int, private: bool, seconds: float) -> list[str]:
    """IP addresses of `host`, each of which may be connected to, looked up within `seconds`.

    Whoever connects has to use one of these and not the name: a name may lead elsewhere a moment later.
    Raises ArticleError when there are none, or when one is of a private network, unless `private`.
    """
    found = _looked_up(host, port, seconds)
    if isinstance(found, Exception):
        raise ArticleError(f"адрес {host} не найден; проверьте его и соединение с сетью")
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        if not private and not is_public(address):
            raise ArticleError(
                f"{host} — адрес внутренней сети ({address}); если так и нужно, задайте RAG_FETCH_PRIVATE=1"
            )
    return addresses


def _looked_up(host: str, port: int, seconds: float) -> list[Any] | Exception:
    """What the resolver of the system says, or what it raised; it has no time limit of its own."""
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except Empty:
        raise ArticleError(f"адрес {host} не удалось найти вовремя; повторите позже") from None


def is_public(address: str) -> bool:
    """Whether an IP address is of the open Internet, and so is every one that it stands for."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inside = list(_inside(ip))
    itself = [] if inside and _is_another_spelling(ip) else [ip]
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in inside + itself)


def _is_another_spelling(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address is reserved for the IPv4 one that it stands for."""
    return isinstance(ip, IPv6Address) and (ip.ipv4_mapped is not None or ip in _NAT64)


def _inside(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """IPv4 addresses that an IPv6 one leads to."""
    if isinstance(ip, IPv6Address):
        yield from (each for each in (ip.ipv4_mapped, ip.sixtofour) if each)
        yield from ip.teredo or ()
        if ip in _NAT64:
            yield IPv4Address(int(ip) & 0xFFFFFFFF)
