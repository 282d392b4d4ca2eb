"""What a library holds of the files it was read from: enough to tell what is new without asking it again."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.library.records import Signature


@dataclass(slots=True)
class Held:
    """Signatures and files of articles, by their ids; `copies` are other files of the same content.

    A reading keeps it up to date as it goes on.
    """

    signatures: dict[str, Signature] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)  # file → id of the article that holds its content
    _by_content: dict[Signature, str] | None = None

    def twin(self, signature: Signature) -> str | None:
        """An article of the same content."""
        if self._by_content is None:
            self._by_content = {each: article_id for article_id, each in self.signatures.items()}
        found = self._by_content.get(signature)
        return found if found is not None and self.signatures.get(found) == signature else None

    def take(self, article_id: str, signature: Signature) -> None:
        """From now on `article_id` has this content."""
        self.signatures[article_id] = signature
        if self._by_content is not None:
            self._by_content[signature] = article_id
