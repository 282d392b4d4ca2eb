"""Articles as an answer's evidence keeps them: packed, each content once."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from hashlib import blake2b

from rag.types import Article, ArticleInfo


def packed(article: Article) -> tuple[str, bytes]:
    """What is kept of `article`, and the digest it is known by."""
    content = json.dumps(asdict(article), ensure_ascii=False).encode(errors="surrogatepass")
    return blake2b(content, digest_size=16).hexdigest(), zlib.compress(content)


def unpacked(content: bytes) -> Article:
    given = json.loads(zlib.decompress(content).decode(errors="surrogatepass"))
    info = given["info"]
    return Article(ArticleInfo(**{**info, "tags": tuple(info["tags"])}), given["text"])


def text_digest(text: str) -> str:
    """What tells two texts apart."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
