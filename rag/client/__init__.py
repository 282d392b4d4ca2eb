"""A client of a Сноска server, with typed answers. It needs httpx and pydantic and nothing of the server.

    from rag.client import Client

    with Client("http://127.0.0.1:7860", key="snoska-…") as snoska:
        answer = snoska.ask("Какова протяжённость нефтепровода КТК?")
        for citation in answer.citations:
            print(citation.title, citation.start, citation.stop, citation.quote)

`AsyncClient` is the same with `await`. Every error is a `ClientError`, whose text is Russian.
"""

from rag.client.asynchronous import AsyncClient
from rag.client.errors import (
    BusyServerError,
    ClientError,
    InvalidError,
    KeyRefusedError,
    MissingError,
    UnreachableError,
)
from rag.client.shapes import (
    Answer,
    Article,
    ArticleInfo,
    Articles,
    Checked,
    Citation,
    Delta,
    Disagreement,
    File,
    Filters,
    Found,
    Health,
    Hit,
    Removed,
    Repair,
    Report,
    Reprint,
    Sentence,
    Slot,
    Turn,
    Version,
)
from rag.client.synchronous import Client

__all__ = [
    "Answer",
    "Article",
    "ArticleInfo",
    "Articles",
    "AsyncClient",
    "BusyServerError",
    "Checked",
    "Citation",
    "Client",
    "ClientError",
    "Delta",
    "Disagreement",
    "File",
    "Filters",
    "Found",
    "Health",
    "Hit",
    "InvalidError",
    "KeyRefusedError",
    "MissingError",
    "Removed",
    "Repair",
    "Report",
    "Reprint",
    "Sentence",
    "Slot",
    "Turn",
    "UnreachableError",
    "Version",
]
