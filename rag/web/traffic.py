"""The requests that are under way: how many there may be, and how long one may take to arrive.

A client that sends its request a byte now and then, or never ends it, holds a place that others need. So
bodies have to come at a pace, and of many that haven't come whole the eldest goes.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.web import problems

MOST = 700  # requests under way, those that wait for an answer or follow one among them
SILENCE = 15.0  # seconds without a byte of a body
SLOWEST = 2_000  # bytes a second, once a body has had that long
UNFINISHED = 200  # bodies that may be on their way at the same time; of more than these, the eldest goes
YOUNG = 3.0  # seconds in which none goes: many may come at once, and a busy server reads them late
_LOOK = 0.05  # seconds between two looks at what is under way
HEALTH = ("/api/health", "/api/health/live", "/api/health/ready")
# Streams that an open page holds as long as it is open: nobody waits for their end.
_LASTING = ("/gradio_api/heartbeat", "/gradio_api/queue/data")


class SlowBodyError(HTTPException):
    """A body that doesn't come, or comes too slowly."""

    def __init__(self) -> None:
        super().__init__(408, problems.DETAILS[408], {"Connection": "close"})


class Traffic:
    """Counts the requests under way and refuses those beyond `MOST`; questions of health always pass."""

    def __init__(self) -> None:
        self.under_way = 0
        self.ending = 0  # of those, the ones that a server waits for before it stops

    def around(self, app: ASGIApp) -> ASGIApp:
        """`app`, counted here."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif self.under_way >= MOST and scope["path"] not in HEALTH:
                told = "Сейчас слишком много запросов сразу. Повторите через несколько секунд."
                await problems.problem(503, told, {"Connection": "close"})(scope, receive, send)
            else:
                await self._count(app, scope, receive, send)

        return counted

    async def drained(self, seconds: float) -> bool:
        """Wait for what is under way; whether it ended within `seconds`."""
        ends = time.monotonic() + seconds
        while self.ending and time.monotonic() < ends:
            await asyncio.sleep(_LOOK)
        return not self.ending

    async def _count(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        ends = not scope["path"].startswith(_LASTING)
        self.under_way += 1
        self.ending += ends
        try:
            await app(scope, receive, send)
        finally:
            self.under_way -= 1
            self.ending -= ends


class Punctual:
    """Gives up requests whose body doesn't arrive in time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._arriving: OrderedDict[_Arrival, None] = OrderedDict()  # the eldest first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrival, begun = _Arrival(receive, self._arriving), False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, arrival.receive, noted)
        except SlowBodyError as error:
            if not begun:
                await problems.problem(408, headers=error.headers)(scope, receive, send)
        finally:
            self._arriving.pop(arrival, None)


class _Arrival:
    """One body on its way."""

    def __init__(self, receive: Receive, others: OrderedDict[_Arrival, None]) -> None:
        self._receive, self._others = receive, others
        self._began = time.monotonic()
        self._size = 0
        self._whole = self._given_up = False
        self._limit: asyncio.Timeout | None = None  # while it is waited for

    async def receive(self) -> Message:
        """The next message. Raises SlowBodyError."""
        if self._whole:
            return await self._receive()
        self._take_place()
        try:
            async with asyncio.timeout(0 if self._given_up else SILENCE) as self._limit:
                message = await self._receive()
        except TimeoutError:
            raise SlowBodyError from None
        finally:
            self._limit = None
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._whole:
            self._others.pop(self, None)
        elif self._size < SLOWEST * (time.monotonic() - self._began - SILENCE):
            raise SlowBodyError
        return message

    def give_up(self) -> None:
        """Wait no longer."""
        self._given_up = True
        if self._limit:
            self._limit.reschedule(0)

    def _take_place(self) -> None:
        """Be among those that are waited for; of too many the eldest is given up."""
        self._others.setdefault(self)
        eldest = next(iter(self._others))
        if len(self._others) > UNFINISHED and time.monotonic() - eldest._began > YOUNG:
            del self._others[eldest]
            eldest.give_up()
