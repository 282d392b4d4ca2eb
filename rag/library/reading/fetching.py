"""Pages from the web, asked for with care.

Only http(s), only machines of the open Internet unless allowed, each redirect checked anew, and the
connection goes to the very IP address that was checked, so that a name that changes its mind (DNS
rebinding) gains nothing. Size and time have limits, the latter in all: a server that sends a byte a second
is left. robots.txt is respected (RFC 9309). Proxies of the environment are not used: they would look names
up themselves.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin

import httpcore

from rag.errors import ArticleError
from rag.library.files import megabytes
from rag.library.reading.addresses import canonical, machines, whole
from rag.library.reading.packages import package

LARGEST_FETCHED = 50 * 1024**2  # bytes
AGENT = "Snoska/0.1 (+reads articles for their reader)"
_ROBOT = "snoska"
_LARGEST_ROBOTS = 512 * 1024  # what RFC 9309 asks for at least
_MOST_REDIRECTS = 5
_LONGEST_PAUSE = 10.0  # seconds between two pages that a site may ask for
_HEADERS = [(b"User-Agent", AGENT.encode()), (b"Accept", b"*/*"), (b"Accept-Encoding", b"gzip, identity")]
_STATUSES = {401: "нужен вход", 403: "доступ запрещён", 404: "нет такой страницы", 410: "страница удалена",
             429: "слишком много запросов, повторите позже"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered; `url` is where the redirects led."""

    url: str
    status: int
    data: bytes
    kind: str = ""  # «text/html»
    charset: str | None = None


class Fetcher:
    """Asks for pages, one at a time; `private` allows addresses of the own network.

    `seconds` are for a page in all. Every method raises ArticleError.
    """

    def __init__(self, private: bool = False, seconds: float = 60.0, limit: int = LARGEST_FETCHED) -> None:
        self._private = private
        self._seconds = seconds
        self._limit = limit
        self._ssl = ssl.create_default_context()
        self._robots: dict[str, Any] = {}
        self._last: dict[str, float] = {}

    def fetch(self, url: str) -> Fetched:
        """The page at `url`, which robots.txt allows to read."""
        address = canonical(url)
        self._respect_robots(address)  # the pauses that it asks for don't count
        deadline = time.monotonic() + self._seconds
        for _ in range(_MOST_REDIRECTS + 1):
            found, target = self._ask(address, deadline, self._limit)
            if target is None:
                return _succeeded(found)
            address = target
            self._respect_robots(address)
        raise ArticleError(f"больше {_MOST_REDIRECTS} переадресаций подряд")

    def _respect_robots(self, address: SplitResult) -> None:
        site = f"{address.scheme}://{address.netloc}"
        if site not in self._robots:
            self._robots[site] = self._read_robots(canonical(site + "/robots.txt"))
        rules = self._robots[site]
        if rules is None:
            return
        if not rules.can_fetch(whole(address), _ROBOT):
            raise ArticleError(f"robots.txt сайта {address.netloc} запрещает читать этот адрес")
        pause = min(rules.crawl_delay(_ROBOT) or 0.0, _LONGEST_PAUSE)
        time.sleep(max(0.0, self._last.get(site, -pause) + pause - time.monotonic()) if pause else 0)
        self._last[site] = time.monotonic()

    def _read_robots(self, address: SplitResult) -> Any:
        """The rules of a site; None for a site that has none."""
        rules = package("protego", "protego", "страницы по адресу").Protego
        deadline = time.monotonic() + self._seconds / 2
        for _ in range(_MOST_REDIRECTS + 1):
            found, target = self._ask(address, deadline, _LARGEST_ROBOTS, cut=True)
            if target is None:
                break
            address = target
        if found.status >= 500:
            raise ArticleError(
                f"robots.txt сайта {address.netloc} недоступен (ответ {found.status}); повторите позже"
            )
        return rules.parse(found.data.decode("utf-8", "replace")) if found.status == 200 else None

    def _ask(
        self, address: SplitResult, deadline: float, limit: int, cut: bool = False
    ) -> tuple[Fetched, SplitResult | None]:
        """One answer, and where it leads to; `cut` takes the beginning of one that is too long."""
        host = address.hostname or ""
        try:
            with (
                httpcore.ConnectionPool(
                    ssl_context=self._ssl,
                    network_backend=_Guarded(self._private, deadline),
                ) as pool,
                pool.stream(
                    "GET", whole(address), headers=_HEADERS, extensions=_timeouts(self._seconds)
                ) as answer,
            ):
                headers = {name.lower(): value for name, value in reversed(answer.headers)}
                location = headers.get(b"location")
                if answer.status in (301, 302, 303, 307, 308) and location:
                    target = urljoin(whole(address), location.decode("utf-8", "replace"))
                    return Fetched(whole(address), answer.status, b""), canonical(target)
                packing = headers.get(b"content-encoding", b"").decode("latin-1").lower()
                data = _body(answer.iter_stream(), packing, limit, cut)
                kind, charset = _kind(headers.get(b"content-type", b"").decode("latin-1"))
                return Fetched(whole(address), answer.status, data, kind, charset), None
        except httpcore.TimeoutException:
            seconds = f"{self._seconds:g}".replace(".", ",")
            raise ArticleError(f"{host} не ответил за {seconds} с; повторите позже") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            what = "нет защищённого соединения" if "ssl" in str(error).lower() else "соединение не удалось"
            raise ArticleError(f"{host}: {what}; проверьте адрес") from None


def _timeouts(seconds: float) -> dict[str, Any]:
    return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)}


def _succeeded(found: Fetched) -> Fetched:
    if found.status != 200:
        reason = _STATUSES.get(found.status)
        raise ArticleError(f"сервер ответил {found.status}" + (f" ({reason})" if reason else ""))
    if not found.data.strip():
        raise ArticleError("сервер прислал пустой ответ")
    return found


def _body(blocks: Iterable[bytes], packing: str, limit: int, cut: bool) -> bytes:
    """The body, unpacked, of at most `limit` bytes."""
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise ArticleError(f"сервер сжал ответ неизвестным способом ({packing[:40]})")
    unpacker = zlib.decompressobj(wbits=47) if packing not in ("", "identity") else None
    body = bytearray()
    for block in blocks:
        try:
            body += unpacker.decompress(block, limit + 1 - len(body)) if unpacker else block
        except zlib.error:
            raise ArticleError("ответ сервера повреждён при передаче; повторите") from None
        if len(body) > limit:
            if cut:
                break
            raise ArticleError(f"страница больше предела в {megabytes(limit)}")
    return bytes(body[:limit])


def _kind(header: str) -> tuple[str, str | None]:
    """Media type and encoding of a Content-Type."""
    kind, _, rest = header.partition(";")
    _, _, charset = rest.lower().partition("charset=")
    return kind.strip().lower(), charset.partition(";")[0].strip(" \"'") or None


class _Guarded(httpcore.NetworkBackend):
    """Connects to machines that may be asked, and lets nobody take longer than until `deadline`."""

    def __init__(self, private: bool, deadline: float) -> None:
        self._private = private
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        refused: Exception | None = None
        for address in machines(host, port, self._private, _left(self._deadline)):
            try:
                stream = self._plain.connect_tcp(
                    address, port, _left(self._deadline), local_address, socket_options
                )
                return _Timed(stream, self._deadline)
            except httpcore.ConnectError as error:  # the next one may answer
                refused = error
        raise refused or httpcore.ConnectError(host)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends at `deadline`."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Timed(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left
