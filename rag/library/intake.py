"""One run over places with articles: what is unchanged, what was there before, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator

from rag.library.origins import check_owner
from rag.library.reading.pieces import Piece, Place
from rag.library.records import FileRecord, Signature


class Intake:
    """Compares what places hold with what the library does, while articles are read from them.

    `signatures` and `files` are those held; empty, everything counts as changed. `origins` tells where
    each article held came from.
    """

    def __init__(
        self, signatures: dict[str, Signature], files: dict[str, FileRecord], origins: dict[str, str]
    ) -> None:
        self._signatures = signatures
        self._files = files
        self._origins = origins
        self._before: dict[str, set[str]] = {}
        for article_id, origin in origins.items():
            self._before.setdefault(origin, set()).add(article_id)
        self._taken: dict[str, set[str]] = {}  # by origin: ids of articles that this run found there
        self._whole: list[FileRecord] = []

    def unchanged(self, place: Place, signature: Signature) -> int:
        """How many articles of `place` need not be read, when none need; 0 when it has to be.

        Raises ArticleError when the article held under its id is another file's.
        """
        origin = place.origin or ""
        if self._signatures.get(place.id) == signature:
            check_owner(place.id, place.origin, self._origins.get(place.id))
            self._taken[origin] = {place.id}
            return 1
        if self._files.get(origin) == FileRecord(origin, place.id, signature):
            self._taken[origin] = self._before.get(origin, set())
            return len(self._taken[origin])
        return 0

    def is_unchanged(self, piece: Piece, place: Place, signature: Signature) -> bool:
        """Whether `piece` of `place` is held as it is; it is the place's article from now on.

        Raises ArticleError when another place has an article of that id.
        """
        origin = piece.origin or place.origin
        check_owner(piece.id, origin, self._origins.get(piece.id))
        if origin:
            self._origins[piece.id] = origin
            self._taken.setdefault(place.origin or "", set()).add(piece.id)
        return self._signatures.get(piece.id) == signature

    def read_whole(self, place: Place, signature: Signature) -> None:
        """Every article of `place` was taken; what else it held before is gone."""
        ids = self._taken.setdefault(place.origin or "", set())
        if place.origin and ids != {place.id} and all(self._origins[each] == place.origin for each in ids):
            self._whole.append(FileRecord(place.origin, place.id, signature))

    def failed(self, place: Place) -> None:
        """Something of `place` could not be read, so nothing that it held before is taken for gone."""
        self._taken.pop(place.origin or "", None)

    def gone(self) -> Iterator[str]:
        """Ids of articles that a place held before and doesn't any more."""
        for origin, ids in self._taken.items():
            for article_id in sorted(self._before.get(origin, set()) - ids):
                if self._origins.get(article_id) == origin:
                    yield article_id

    @property
    def whole(self) -> list[FileRecord]:
        """Files of several articles that are held whole when this run has ended."""
        return self._whole
