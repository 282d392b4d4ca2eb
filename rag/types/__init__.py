"""The nouns of the product and the protocols of its parts. Everything here is frozen.

`library` is what is read, `search` what is found in it, `answer` what is said of that, `parts` who does it.
All of it is imported from here: `from rag.types import Answer, Article`.

Offsets are character offsets into `Article.text`. For every article, passage and citation:
`article.text[passage.start:passage.stop] == passage.text` and
`article.text[citation.start:citation.stop] == citation.quote`.
"""

from __future__ import annotations

from rag.types.answer import (
    Answer,
    AnswerKind,
    Checked,
    Citation,
    Disagreement,
    Draft,
    Lacking,
    Matter,
    Outcome,
    Repair,
    Sentence,
    Slot,
    SlotKind,
    Support,
    Turn,
    Verdict,
    Version,
    YesNo,
)
from rag.types.budget import ErrorBudget
from rag.types.library import (
    Above,
    Article,
    ArticleInfo,
    ArticleSet,
    Filters,
    Keys,
    Passage,
    SourceSentence,
    Stretch,
    StretchKind,
    Vectors,
    article_key,
    page_at,
)
from rag.types.parts import Encoder, IndexLeg, PassageIndex, PassageSource, Reranker, Retriever, Writer
from rag.types.reading import Follows, Reader, Reading, TextToRead
from rag.types.search import (
    Contribution,
    Explanation,
    FoundWord,
    Hit,
    MatchField,
    MatchKind,
    Period,
    Query,
    Reprint,
    Scored,
    Times,
    WordMatch,
)

__all__ = [
    "Above",
    "Answer",
    "AnswerKind",
    "Article",
    "ArticleInfo",
    "ArticleSet",
    "Checked",
    "Citation",
    "Contribution",
    "Disagreement",
    "Draft",
    "Encoder",
    "ErrorBudget",
    "Explanation",
    "Filters",
    "Follows",
    "FoundWord",
    "Hit",
    "IndexLeg",
    "Keys",
    "Lacking",
    "MatchField",
    "MatchKind",
    "Matter",
    "Outcome",
    "Passage",
    "PassageIndex",
    "PassageSource",
    "Period",
    "Query",
    "Reader",
    "Reading",
    "Repair",
    "Reprint",
    "Reranker",
    "Retriever",
    "Scored",
    "Sentence",
    "Slot",
    "SlotKind",
    "SourceSentence",
    "Stretch",
    "StretchKind",
    "Support",
    "TextToRead",
    "Times",
    "Turn",
    "Vectors",
    "Verdict",
    "Version",
    "WordMatch",
    "Writer",
    "YesNo",
    "article_key",
    "page_at",
]
