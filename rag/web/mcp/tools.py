"""The tools and resources, over whatever library there is; nothing here writes to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from datetime import date
from typing import Annotated, Any, TypeAlias, TypeVar
from urllib.parse import quote

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.resources import ResourceSecurity
from mcp_types import Resource, ToolAnnotations
from pydantic import Field

from rag import __version__
from rag.errors import NotFoundError, RagError
from rag.types import Article, Filters, Turn
from rag.web import problems
from rag.web.article_page import address_of
from rag.web.mcp import shapes
from rag.web.mcp.library import Asking

Given = TypeVar("Given")
Steps: TypeAlias = Generator[Given | None, None, None]
# Gives the last of steps that are made where they may be: in a turn of the server, or in a thread. Whoever
# cancels what they asked for ends them.
Run = Callable[[Callable[[], Steps[Any]]], Awaitable[Any]]
ABOUT = (
    "Сноска отвечает на вопросы по библиотеке статей на русском языке; под каждым предложением ответа — "
    "дословная цитата с её местом в статье. ask — готовый ответ, search и fetch — сами статьи, verify — "
    "проверить утверждение по статьям или по цитатам. Если ответа в статьях нет, found равно false."
)
RESOURCE = "snoska://articles/"
LISTED = 200  # of the newest articles, as resources
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

Words = Annotated[str, Field(max_length=2_000)]
Names = Annotated[list[str], Field(max_length=100, description="только эти")]
Day = Annotated[date | None, Field(description="дата вида 2026-02-23, включительно")]


class Server(MCPServer):
    """An MCP server whose resources are the articles of the library at the moment."""

    def __init__(self, library: Callable[[], Asking], run: Run, base: Callable[[], str]) -> None:
        """`library()` is what whoever asks may see: looked for before `run` does the work elsewhere.

        `base()` is the address under which our pages are.
        """
        super().__init__("snoska", "Сноска", instructions=ABOUT, version=__version__, log_level="WARNING")
        self._library, self._base, self._run = library, base, run
        for tool, title in (
            (self._ask, "Ответ со сносками"),
            (self._search, "Поиск статей"),
            (self._fetch, "Статья целиком"),
            (self._verify, "Проверка утверждения"),
            (self._list_articles, "Список статей"),
        ):
            self.add_tool(tool, tool.__name__.strip("_"), title, annotations=_READS, structured_output=True)
        # Ids are names in the database, never paths.
        security = ResourceSecurity(exempt_params={"article_id"})
        self.resource(
            RESOURCE + "{+article_id}",
            name="article",
            title="Статья",
            mime_type="text/plain",
            security=security,
        )(self._read)

    async def list_resources(self) -> list[Resource]:
        """The newest articles."""
        library = self._library()
        _, listed = await self._done(lambda: library.articles(0, LISTED, Filters(), ""))
        return [
            Resource(
                name=each.info.title or each.info.id,
                uri=RESOURCE + quote(each.info.id, safe="/"),
                mime_type="text/plain",
                size=each.characters,
            )
            for each in listed
        ]

    async def _ask(
        self,
        question: Annotated[Words, Field(description="вопрос на русском языке")],
        history: Annotated[list[shapes.TurnIn], Field(max_length=50, description="прежние вопросы")] = [],  # noqa: B006
        since: Day = None,
        until: Day = None,
        sources: Names = [],  # noqa: B006
        tags: Names = [],  # noqa: B006
    ) -> shapes.Answered:
        """Ответить на вопрос по статьям библиотеки: предложения с дословными цитатами или отказ."""
        turns = [Turn(each.question, each.answer) for each in history]
        library, filters = self._library(), _filters(since, until, sources, tags)
        answer = await self._last(lambda: library.ask(question, turns, filters))
        return shapes.answered(answer, self._base())

    async def _search(
        self,
        query: Annotated[Words, Field(description="что искать")],
        k: Annotated[int, Field(ge=1, le=100, description="сколько отрывков")] = 10,
        since: Day = None,
        until: Day = None,
        sources: Names = [],  # noqa: B006
        tags: Names = [],  # noqa: B006
    ) -> shapes.Results:
        """Найти статьи по словам и по смыслу; id годится для fetch."""
        library, filters = self._library(), _filters(since, until, sources, tags)
        return shapes.results(await self._done(lambda: library.search(query, k, filters)), self._base())

    async def _fetch(
        self, id: Annotated[str, Field(max_length=1_000, description="id статьи")]
    ) -> shapes.Fetched:
        """Прочитать одну статью целиком."""
        return shapes.fetched(await self._article(id), self._base())

    async def _verify(
        self,
        claim: Annotated[Words, Field(description="утверждение, одно предложение")],
        quotes: Annotated[
            list[str],
            Field(max_length=50, description="тексты, из которых оно должно следовать; без них — библиотека"),
        ] = [],  # noqa: B006
    ) -> shapes.Verified:
        """Проверить, следует ли утверждение из текстов: числа, даты, имена, отрицания."""
        library = self._library()
        found = await self._done(lambda: library.verify(claim, quotes, None))
        return shapes.checked(found, self._base())

    async def _list_articles(
        self,
        find: Annotated[str, Field(max_length=300, description="слова заголовка")] = "",
        offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Field(ge=1, le=200)] = 50,
        since: Day = None,
        until: Day = None,
        sources: Names = [],  # noqa: B006
        tags: Names = [],  # noqa: B006
    ) -> shapes.Listing:
        """Перечислить статьи библиотеки, новые первыми."""
        library, filters = self._library(), _filters(since, until, sources, tags) or Filters()
        total, listed = await self._done(lambda: library.articles(offset, limit, filters, find))
        items = [
            shapes.Item(
                id=each.info.id,
                title=each.info.title,
                url=address_of(self._base(), each.info.id, each.info.url),
                source=each.info.source,
                published=each.info.published,
                tags=list(each.info.tags),
                characters=each.characters,
            )
            for each in listed
        ]
        return shapes.Listing(total=total, items=items)

    async def _read(self, article_id: str) -> str:
        """Текст статьи."""
        try:
            return (await self._article(article_id)).text
        except ToolError as error:
            missing = isinstance(error.__cause__, NotFoundError)
            raise (ResourceNotFoundError if missing else ResourceError)(str(error)) from error

    async def _article(self, article_id: str) -> Article:
        library = self._library()
        return await self._done(lambda: library.article(article_id))

    async def _done(self, work: Callable[[], Given]) -> Given:
        """What `work` gives. Raises ToolError with what may be told of a failure."""

        def once() -> Steps[Given]:
            yield work()

        return await self._last(once)

    async def _last(self, steps: Callable[[], Steps[Given]]) -> Given:
        """The last of `steps`. Raises ToolError with what may be told of a failure."""
        try:
            given: Given = await self._run(steps)
            return given
        except RagError as error:
            raise ToolError(problems.public(error)[1]) from error


def _filters(since: date | None, until: date | None, sources: list[str], tags: list[str]) -> Filters | None:
    return Filters(since, until, tuple(sources), (), tuple(tags)) or None
