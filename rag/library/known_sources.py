"""What a library holds of the places it was read from: enough to tell what is new without asking it again,
which article a place owns, and which files are gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from rag.errors import ArticleError
from rag.library.reading.pieces import Piece, Place, Source, source_of
from rag.library.records import FileRecord, Original, Signature

ADDRESSES = ("http://", "https://")


class Keeper(Protocol):
    """Where the files that articles are read from are kept."""

    def keep(self, source: Source, name: str) -> Original: ...


@dataclass(slots=True)
class Held:
    """Signatures and origins of articles, by their ids; `copies` are other files of the same content.

    `files`, by origin, hold several articles each, all of which are held. A reading keeps it all up to date
    as it goes on. `originals` is where files are kept, if they are.
    """

    signatures: dict[str, Signature] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)  # file → id of the article that holds its content
    files: dict[str, FileRecord] = field(default_factory=dict)
    originals: Keeper | None = None
    _by_content: dict[Signature, str] | None = None

    def twin(self, signature: Signature) -> str | None:
        """An article of the same content."""
        if self._by_content is None:
            self._by_content = {each: article_id for article_id, each in self.signatures.items()}
        found = self._by_content.get(signature)
        return found if found is not None and self.signatures.get(found) == signature else None

    def kept(self, source: Source, name: str) -> Original | None:
        """The file of an article, kept where that is wished."""
        return self.originals.keep(source, name) if self.originals else None

    def kept_of(self, piece: Piece, source: Source, name: str) -> Original | None:
        """The file of a piece of `source`: `source` itself, called `name`, or the member of it.

        A row of a table has no file of its own. Raises ArticleError.
        """
        if self.originals is None or piece.file is None:
            return self.kept(source, name) if piece.id == source.id else None
        file = piece.file()
        return self.kept(source_of(file.read(), file.name, piece.id), file.name.rpartition("/")[2])

    def take(self, article_id: str, signature: Signature, origin: str | None = None) -> None:
        """From now on `article_id` has this content; where `origin` is given, from there."""
        self.signatures[article_id] = signature
        if origin:
            self.origins[article_id] = origin
        if self._by_content is not None:
            self._by_content[signature] = article_id

    def learn(self, article_id: str, signature: Signature | None, origin: str | None) -> None:
        """Somebody else has written `article_id` meanwhile, or removed it (None)."""
        self.origins.pop(article_id, None)
        if signature is None:
            self.signatures.pop(article_id, None)
        else:
            self.take(article_id, signature, origin)


def check_owner(article_id: str, origin: str | None, held: str | None) -> None:
    """Two files of different folders must not push each other out of the library.

    `origin` is where the article was found now, `held` where the one in the library came from.
    """
    if held and held != origin and is_there(held):
        raise ArticleError(
            f"идентификатор «{article_id}» уже занят статьёй из {held}; переименуйте файл "
            f"или уберите ту статью: snoska articles remove {article_id}"
        )


def renamed(found: Iterable[Place], origins: dict[str, str]) -> dict[str, list[str]]:
    """Ids that a file had before, by its present one: `index corpus/articles`, then `index corpus`."""
    places = list(found)
    former: dict[str, list[str]] = {}
    for article_id, origin in origins.items():
        former.setdefault(origin, []).append(article_id)
    wanted = {place.id for place in places}
    return {
        place.id: [each for each in former.get(place.origin or "", ()) if each not in wanted]
        for place in places
    }


def gone(paths: Sequence[Path], origins: dict[str, str], found: Iterable[Place]) -> list[str]:
    """Articles that were read from under `paths`, from files that are not there any more."""
    roots = [os.path.realpath(path) for path in paths]
    present = {file.origin for file in found}
    return [
        article_id
        for article_id, origin in origins.items()
        if origin not in present and any(Path(origin).is_relative_to(root) for root in roots)
    ]


def is_there(origin: str) -> bool:
    """Whether there may still be something at a place; a page is not fetched to find that out."""
    return origin.startswith(ADDRESSES) or Path(origin).exists()
