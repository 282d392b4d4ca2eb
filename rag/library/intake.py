"""Places of several articles, held against the library: what is the same, what is new, what is gone."""

from __future__ import annotations

from collections.abc import Iterator

from rag.library.known_sources import Held, check_owner, is_there
from rag.library.reading.pieces import Piece, Place
from rag.library.records import FileRecord, Signature


class Intake:
    """Compares what places hold with what the library does, while articles are read from them.

    `held` is what the library has, brought up to date as it goes on. `moved` articles are the same, but
    come from another place than before.
    """

    def __init__(self, held: Held) -> None:
        self._held = held
        self._before: dict[str, set[str]] = {}
        for article_id, origin in held.origins.items():
            self._before.setdefault(origin, set()).add(article_id)
        self._taken: dict[str, set[str]] = {}  # by origin: ids of articles that this run found there
        self.moved: dict[str, str] = {}
        self.whole: list[FileRecord] = []  # files of several articles, all held when this run has ended

    def unchanged(self, place: Place, signature: Signature) -> list[str]:
        """Ids of the articles of `place`, where none needs to be read; empty when it has to be.

        Raises ArticleError when the article held under its id is another file's.
        """
        origin = place.origin or ""
        if self._held.signatures.get(place.id) == signature:
            check_owner(place.id, place.origin, self._held.origins.get(place.id))
            self._take(place.id, place, place.origin)
            return [place.id]
        if self._held.files.get(origin) == FileRecord(origin, place.id, signature):
            self._taken[origin] = self._before.get(origin, set())
            return sorted(self._taken[origin])
        return []

    def is_unchanged(self, piece: Piece, place: Place, signature: Signature) -> bool:
        """Whether `piece` of `place` is held as it is; it is the place's article from now on.

        Raises ArticleError when another place has an article of that id.
        """
        origin = piece.origin or place.origin
        check_owner(piece.id, origin, self._held.origins.get(piece.id))
        is_same = self._held.signatures.get(piece.id) == signature
        if is_same and origin and self._held.origins.get(piece.id) != origin:
            self.moved[piece.id] = origin
        self._take(piece.id, place, origin)
        return is_same

    def read_whole(self, place: Place, signature: Signature) -> None:
        """Every article of `place` was taken; what else it held before is gone."""
        origin = place.origin
        if not origin:
            return
        ids = self._taken.setdefault(origin, set())
        if ids != {place.id} and all(self._held.origins[each] == origin for each in ids):
            self.whole.append(FileRecord(origin, place.id, signature))
        for record in self._held.files.values():
            if record.signature == signature and not is_there(record.origin):
                self._taken.setdefault(record.origin, set())  # it has been given another name

    def failed(self, place: Place) -> None:
        """Something of `place` could not be read, so nothing that it held before is taken for gone."""
        self._taken.pop(place.origin or "", None)

    def gone(self) -> Iterator[str]:
        """Ids of articles that a place held before and doesn't any more."""
        for origin, ids in self._taken.items():
            for article_id in sorted(self._before.get(origin, set()) - ids):
                if self._held.origins.get(article_id) == origin:
                    yield article_id

    def _take(self, article_id: str, place: Place, origin: str | None) -> None:
        if origin:
            self._held.origins[article_id] = origin
            self._taken.setdefault(place.origin or "", set()).add(article_id)
