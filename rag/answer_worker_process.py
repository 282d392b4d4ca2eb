"""The process that writes answers for rag.answer_workers: a question with its passages in, drafts out.

It opens no library. What comparing words needs of one, their vectors and their weights, it asks of the
process that asked it; vectors are kept, as `Matcher` does.
"""

from __future__ import annotations

import signal
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rag.answering.extractive import ExtractiveWriter
from rag.matching.matcher import Matcher
from rag.processes import Requests
from rag.reading.loading import Choice, Loading, Locate, loading
from rag.types import Draft, Hit, Query

VECTORS, WEIGHTS = "vectors", "weights"  # asked of who asks
DRAFTS, FAILED = "drafts", "failed"  # said in the end


@dataclass(frozen=True, slots=True)
class Begin:
    """Said once: the network to read with. `locate` finds models that settings name."""

    reading: Choice
    locate: Locate


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A question and what was found for it.

    `reads`: the network reads, and is waited for; else rules decide alone. `least` is the confidence that
    an answer needs, None for the one that ships.
    """

    query: Query
    hits: Sequence[Hit]
    reads: bool
    least: float | None


def serve() -> None:
    """Be a process that writes: a Begin in, then one ToWrite after another; drafts out."""
    # A service manager sends SIGTERM to every process of a service. Answers under way are still to be
    # finished then; this process ends with the one that asks.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    requests = Requests()
    matcher = Matcher(partial(_asked, requests, VECTORS), partial(_asked, requests, WEIGHTS))
    try:
        begin: Begin = requests.next()
        network = loading(begin.reading, begin.locate)
        network.start()
        while True:
            requests.answer(_written(requests.next(), matcher, network))
    except (EOFError, BrokenPipeError):
        return


def _asked(requests: Requests, what: str, lemmas: Sequence[str]) -> Any:
    """What the library says of these words."""
    requests.answer((what, lemmas))
    return requests.next()


def _written(asked: ToWrite, matcher: Matcher, network: Loading) -> tuple[str, list[Draft] | str]:
    reader = network.wait() if asked.reads else None
    try:
        writer = ExtractiveWriter(matcher, lambda: reader, lambda _: asked.least)
        return DRAFTS, list(writer.write(asked.query, asked.hits))
    except (EOFError, BrokenPipeError):
        raise
    except Exception:  # the next question may do better
        return FAILED, traceback.format_exc()
