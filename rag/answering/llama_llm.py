"""A LlamaIndex LLM to talk to: it is read as it writes, stopped at once, and done in time or not at all.

The servers' own clients wait for each packet, so a server that sends a word a minute would never be late;
they take a connection that closes in mid-sentence for the end; and a read in a thread can't be broken off.
Hence one event loop for all models of the process: a task there reads, whoever wants the text takes it
from a queue, and cancelling the task closes the connection, which stops the server's work.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any

from llama_index.core.base.llms.base import BaseLLM
from llama_index.core.base.llms.types import ChatMessage, MessageRole

from rag.errors import LLMError, ModelError

BEAT = 0.25  # seconds: how late it is noticed that nobody waits for the text any more
_NO_KEY = (
    "-"  # the client refuses to start without one, or takes OPENAI_API_KEY, which is not for this server
)
_CUT = {"length": "ответ языковой модели не поместился", "content_filter": "языковая модель отказалась"}
_OPENING = threading.Lock()

# A piece of text; None, the end of a whole answer; or why there is none.
Put = Callable[[str | LLMError | None], None]


class LlamaLLM:
    """Chats with any LlamaIndex LLM through its asynchronous streaming."""

    def __init__(self, llm: Any, says_why_it_ends: bool = True) -> None:
        """One that never `says_why_it_ends` is believed to be done when nothing more comes."""
        self._llm = llm
        self._says_why_it_ends = says_why_it_ends

    def stream(self, system: str, user: str, seconds: float) -> Generator[str]:
        """The text so far, whenever it has grown and at every beat; the last one is whole.

        Closing the iterator stops the model. Raises LLMError: no answer, half of one, or none in `seconds`.
        """
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=_encodable(system)),
            ChatMessage(role=MessageRole.USER, content=_encodable(user)),
        ]
        said: SimpleQueue[str | LLMError | None] = SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(self._read(messages, said.put), _loop())
        try:
            yield from _collected(said, seconds)
        finally:
            task.cancel()

    async def _read(self, messages: list[ChatMessage], put: Put) -> None:
        begun = False
        try:
            async for part in await self._llm.astream_chat(messages):
                if part.delta:
                    begun = True
                    put(part.delta)
                if ended := _how_it_ended(part.raw):
                    put(LLMError(_CUT[ended]) if ended in _CUT else None)
                    return
            cut = LLMError("ответ языковой модели оборвался", again=True)
            put(cut if self._says_why_it_ends else None)
        except Exception as error:  # a server may fail in any way
            put(_failure(error, begun))


def openai_like(model: str, url: str, key: str | None, context: int, answer: int, seconds: float) -> LlamaLLM:
    """A model behind any server with OpenAI's chat API at `url`; windows in tokens."""
    from llama_index.llms.openai_like import OpenAILike

    return LlamaLLM(
        OpenAILike(
            model=model,
            api_base=url,
            api_key=key or _NO_KEY,
            is_chat_model=True,
            context_window=context,
            max_tokens=answer,
            temperature=0.0,
            max_retries=0,  # LlamaIndex's and the client's own: a closed port would take 11 s
            timeout=seconds,
        )
    )


def ollama(model: str, url: str, key: str | None, context: int, answer: int, seconds: float) -> LlamaLLM:
    """A model of the Ollama server at `url`; windows in tokens."""
    from llama_index.llms.ollama import Ollama

    return LlamaLLM(
        Ollama(
            model=model,
            base_url=url,
            headers={"authorization": f"Bearer {key}"} if key else None,
            context_window=context,
            additional_kwargs={"num_predict": answer},
            temperature=0.0,
            request_timeout=seconds,
        )
    )


def as_language_model(given: Any) -> LlamaLLM:
    """Any LlamaIndex LLM. Raises ModelError."""
    if isinstance(given, BaseLLM):
        return LlamaLLM(given, says_why_it_ends=False)
    raise ModelError(
        f"{type(given).__name__} — не языковая модель LlamaIndex. "
        f"Передайте в llm объект класса, производного от llama_index.core.llms.LLM."
    )


def _collected(said: SimpleQueue[str | LLMError | None], seconds: float) -> Iterator[str]:
    text, ends = "", time.monotonic() + seconds
    while True:
        left = ends - time.monotonic()
        if left <= 0:
            raise LLMError(f"языковая модель не уложилась в {seconds:.0f} с")
        try:
            piece = said.get(timeout=min(BEAT, left))
        except Empty:
            piece = ""
        if piece is None:
            return
        if isinstance(piece, LLMError):
            raise piece
        text += piece
        yield text


def _how_it_ended(raw: Any) -> str:
    """Why the model stopped, as its server says in a part of the answer; nothing while it goes on."""
    if isinstance(raw, dict):  # Ollama
        return str(raw.get("done_reason") or "stop") if raw.get("done") else ""
    choices = getattr(raw, "choices", None) or ()
    return next((str(each.finish_reason) for each in choices if each.finish_reason), "")


def _failure(error: Exception, begun: bool) -> LLMError:
    """What went wrong, in words for whoever asked; the address and the key stay out of them."""
    status = getattr(error, "status_code", None)
    if status in (401, 403):
        return LLMError(f"сервер языковой модели не принял ключ ({status})")
    if status == 404:
        return LLMError("на сервере нет такой языковой модели (404)")
    if status == 429:
        return LLMError("языковая модель перегружена (429)", again=True)
    if isinstance(status, int) and status >= 500:
        return LLMError(f"сервер языковой модели сломался ({status})", again=True)
    if isinstance(status, int) and status >= 400:
        return LLMError(f"языковая модель не приняла запрос ({status})")
    if isinstance(error, ValueError | TypeError):
        return LLMError("ответ языковой модели не разобрать", again=True)
    if begun:
        return LLMError("ответ языковой модели оборвался", again=True)
    if _is_of_the_network(error):
        return LLMError("языковая модель недоступна", again=True)
    return LLMError("сервер языковой модели сообщил об ошибке", again=True)


def _is_of_the_network(error: BaseException | None) -> bool:
    """True when an operating system's error is at the bottom of it."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error is not None


def _encodable(text: str) -> str:
    """Lone surrogates can't be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _loop() -> asyncio.AbstractEventLoop:
    with _OPENING:
        return _running_loop()


@cache
def _running_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language models", daemon=True).start()
    return loop
