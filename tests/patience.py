"""How long tests wait for what must come: a busy machine is no failure, and nobody waits when all is well."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0  # seconds for one thing: an answer, an element of the page, a thread, a server's start
WHOLE_RUN = 5 * PATIENCE  # seconds for a process that does many things


def becomes(what: Callable[[], object], wanted: object = True) -> None:
    """Look again and again until `what` gives `wanted`; it must in the end."""
    ends = time.monotonic() + PATIENCE
    while what() != wanted and time.monotonic() < ends:
        time.sleep(0.02)
    assert what() == wanted
