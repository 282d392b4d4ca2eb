"""Where Chroma keeps the vectors of an index: in its folder, or on a Chroma server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rag.errors import LibraryError

_COLLECTION = "chroma-collection"  # in the folder of an index: the name of what it has on the server
_LIBRARY = "chroma-library"  # in the data folder: whose collections those on the server are


class ChromaError(RuntimeError):
    """What Chroma said, or that its process ended in the middle of its work."""


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server (`chroma run`, Chroma Cloud): its address, and as whom it is asked."""

    url: str
    token: str = field(default="", repr=False)
    tenant: str = "default_tenant"
    database: str = "default_database"

    @property
    def identity(self) -> str:
        """Which vectors these are; a new token opens the same ones."""
        return f"{self.url} {self.tenant} {self.database}"

    @property
    def address(self) -> tuple[str, int, bool]:
        """Host, port, and whether it speaks TLS."""
        parts = urlsplit(self.url)
        is_safe = parts.scheme == "https"
        return parts.hostname or "", parts.port or (443 if is_safe else 8000), is_safe

    def failure(self, error: ChromaError) -> LibraryError:
        """What it said, as a Russian line with what to do."""
        host, port, _ = self.address
        said = str(error)
        if any(word in said for word in ("401", "403", "Auth", "Unauthorized", "Forbidden")):
            why = "не принимает ключ. Проверьте RAG_CHROMA_TOKEN"
        elif any(word in said for word in ("NotFound", "does not exist", "tenant")):
            why = (
                f"не знает базы «{self.database}» арендатора «{self.tenant}». Проверьте RAG_CHROMA_DATABASE "
                "и RAG_CHROMA_TENANT"
            )
        elif any(word in said for word in ("onnect", "imeout", "timed out")):
            why = "не отвечает. Проверьте RAG_CHROMA_URL и запущен ли он (chroma run)"
        else:
            why = f"ответил ошибкой: {said[:200]}. Посмотрите его журнал"
        return LibraryError(f"Сервер Chroma {host}:{port} {why}, затем повторите. Статьи на месте.")


@dataclass(frozen=True, slots=True)
class ChromaHome:
    """The vectors of the index in `folder`; on `server` where there is one."""

    folder: Path
    server: ChromaServer | None = None

    def collection(self) -> str:
        """Its name on the server: of this folder, as long as the folder lives."""
        return f"snoska-{_kept(self.folder / _COLLECTION)}"

    def library(self) -> str:
        """Whose it is: the same for all indexes of a data folder."""
        return _kept(self.folder.parent.parent / _LIBRARY)

    def collections(self) -> set[str]:
        """The names of what the indexes beside this one have on the server, and of its own."""
        files = self.folder.parent.glob(f"*/{_COLLECTION}")
        return {f"snoska-{file.read_text(encoding='utf-8').strip()}" for file in files}


def _kept(file: Path) -> str:
    """A name that is made once and stays."""
    try:
        if name := file.read_text(encoding="utf-8").strip():
            return name
    except FileNotFoundError:
        pass
    name = uuid.uuid4().hex
    new = file.with_suffix(".new")
    new.write_text(name, encoding="utf-8")
    new.replace(file)
    return name
