"""On which terms the server serves: what its owner sets, with what holds where nothing is set."""

from __future__ import annotations

from dataclasses import dataclass

from rag.web.origins import LOOPBACK


@dataclass(frozen=True, slots=True)
class Terms:
    """`host` is where it listens; `names` are its names besides.

    `at_once` answers are worked on at the same time and `queue` more wait. What the API has answered is kept
    for `keep_days`; 0: not at all. Pages of `origins` may have the chat. `rate` is how often one key or
    address may ask; empty: as it likes. Logs hold questions with `log_questions` alone.
    """

    host: str = LOOPBACK
    names: tuple[str, ...] = ()
    at_once: int = 8
    queue: int = 64
    keep_days: int = 30
    origins: tuple[str, ...] = ()
    rate: str = ""
    log_questions: bool = False
