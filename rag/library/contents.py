"""What can be asked of an open library: articles and their versions, the list of them, pictures of pages."""

from __future__ import annotations

from rag.library import page_pictures
from rag.library.keyring import Keyring
from rag.library.originals import Originals
from rag.library.records import Counts, Edition, Edits, Listed, Order, Shares
from rag.library.store import Store
from rag.types import Article, Filters


class Contents:
    """What `store` holds, and the files that articles were read from."""

    store: Store
    originals: Originals

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises NotFoundError."""
        return self.store.article(article_id)

    def is_pictured(self, article_id: str) -> bool:
        """Whether the file with the pages of an article is still there."""
        return page_pictures.is_pictured(self.store, self.originals, article_id)

    def page_picture(
        self, article_id: str, number: int, start: int = 0, stop: int = 0, near: bool = False
    ) -> bytes:
        """A page of an article as a PNG, `text[start:stop]` marked; see page_pictures.py."""
        return page_pictures.page_picture(self.store, self.originals, article_id, number, start, stop, near)

    def versions(self, article_id: str) -> list[Edition]:
        """All versions of an article, newest first. Raises NotFoundError."""
        return self.store.versions(article_id)

    def present(self, article_id: str) -> Edition:
        """An article as it is now. Raises NotFoundError."""
        return self.store.present(article_id)

    def version(self, article_id: str, version: int) -> Edition:
        """One version of an article. Raises NotFoundError."""
        return self.store.version(article_id, version)

    def version_with(self, article_id: str, text: str) -> int | None:
        """The version of an article that is this text; None where none is."""
        return self.store.version_with(article_id, text)

    def current_versions(self) -> dict[str, int]:
        """The version of every article, by its id."""
        return self.store.current_versions()

    def edits(self) -> dict[str, Edits]:
        """What has been set by hand, by the article's id."""
        return self.store.edits()

    def articles(
        self,
        offset: int = 0,
        limit: int = 50,
        filters: Filters | None = None,
        words: str = "",
        text: str = "",
        order: Order = "date",
    ) -> list[Listed]:
        """A page of the list of articles, newest publication first; by words of the title and of the text."""
        return self.store.articles(offset, limit, filters, words, text, order)

    def shares(self, filters: Filters | None = None, words: str = "", text: str = "") -> Shares:
        """How many articles that list has, by month of publication and by source."""
        return self.store.shares(filters, words, text)

    def matching(self, filters: Filters) -> list[str] | None:
        """Ids of the articles that `filters` allow; None when they allow all."""
        return self.store.matching(filters)

    def sources(self, filters: Filters | None = None) -> list[str]:
        """Names of the sources of the articles that `filters` allow, in the order of the alphabet."""
        return self.store.sources(filters)

    def tags(self, filters: Filters | None = None) -> list[str]:
        """Tags of these articles, in the order of the alphabet."""
        return self.store.tags(filters)

    def counts(self, filters: Filters | None = None) -> Counts:
        """How much there is of these articles."""
        return self.store.counts(filters)

    @property
    def keys(self) -> Keyring:
        """The keys that open a server of this library."""
        return self.store.keys
