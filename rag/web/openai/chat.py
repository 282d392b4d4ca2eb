"""POST /v1/chat/completions: one answer with footnotes, whole or in chunks."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from rag.chats.records import new_id
from rag.types import Answer
from rag.web import answer_stream
from rag.web.markdown import Address, Growing, Mark, Told, told
from rag.web.openai import asking, errors, returned
from rag.web.request_models import filters_of
from rag.web.response_models import example, gives
from rag.web.write_queue import event_stream

router = APIRouter(prefix=errors.PREFIX, tags=["openai"])
DONE = b"data: [DONE]\n\n"


class StreamOptions(asking.Loose):
    """Что ещё прислать в потоке."""

    include_usage: bool | None = Field(None, description="true: последним придёт usage")


class ChatIn(asking.Asked):
    """Запрос в форме OpenAI Chat Completions."""

    model_config = example(model="snoska", messages=[{"role": "user", "content": "Что такое офтейк?"}])
    messages: asking.Messages = asking.MessagesField
    stream_options: StreamOptions | None = None


@router.post(
    "/chat/completions",
    summary="Ответ в форме OpenAI Chat Completions",
    response_model=None,
    responses=gives(returned.Completed, "text/event-stream"),
)
async def complete(sent: ChatIn, request: Request) -> Response:
    """Ответ в Markdown со сносками; annotations указывают на их знаки, snoska — ответ целиком."""
    asking.check_model(request, sent.model)
    question, turns = asking.conversation(sent.messages)
    steps = answer_stream.asked(request, question, turns, filters_of(sent.filters))
    prompt = asking.tokens(*(each.text() for each in sent.messages if each.role != "tool"))
    completion = _Completion(f"chatcmpl-{new_id()}", int(time.time()), prompt, asking.addresses(request))
    if sent.stream:
        usage = bool(sent.stream_options and sent.stream_options.include_usage)
        return event_stream(_chunks(await answer_stream.begun(steps), completion, usage))
    answer = await answer_stream.last(steps, request)
    return (
        JSONResponse(completion.whole(answer)) if answer else Response(status_code=answer_stream.CLIENT_LEFT)
    )


@dataclass(frozen=True, slots=True)
class _Completion:
    """What every piece of one answer says of itself; `prompt` is the length of what was asked."""

    id: str
    created: int
    prompt: int
    address: Address

    def whole(self, answer: Answer) -> dict[str, Any]:
        shown = told(answer, self.address)
        message = {
            "role": "assistant",
            "content": shown.text,
            "refusal": None,
            "annotations": self.annotations(shown.marks),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head("chat.completion", answer.writer),
            "choices": [choice],
            "usage": self.usage(shown.text),
            "snoska": asking.whole(answer),
        }

    def chunk(self, model: str, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**self._head("chat.completion.chunk", model), "choices": [choice], **more})

    def usage_chunk(self, model: str, text: str) -> bytes:
        head = self._head("chat.completion.chunk", model)
        return _data({**head, "choices": [], "usage": self.usage(text)})

    def annotations(self, marks: tuple[Mark, ...]) -> list[dict[str, Any]]:
        """One of each mark: OpenAI's fields, and ours beside them."""
        found = [asking.annotation(mark, self.address) for mark in marks]
        ours = [each.pop("snoska") for each in found]
        return [
            {"type": "url_citation", "url_citation": theirs, "snoska": own}
            for theirs, own in zip(found, ours, strict=True)
        ]

    def usage(self, text: str) -> dict[str, int]:
        completed = asking.tokens(text)
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": completed,
            "total_tokens": self.prompt + completed,
        }

    def _head(self, kind: str, model: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": model}


async def _chunks(
    steps: answer_stream.Steps, completion: _Completion, usage: bool
) -> AsyncGenerator[bytes, None]:
    """Chunks of text, the annotations behind it. When the client leaves, the bot's work is closed."""
    text, model = Growing(), asking.DEFAULT
    try:
        async with aclosing(steps):
            yield completion.chunk(model, {"role": "assistant", "content": ""})
            async for step in steps:
                if step is None:
                    continue
                model = step.answer.writer
                if step.whole:
                    rest, shown = text.rest(told(step.answer, completion.address))
                    yield completion.chunk(model, {"content": rest})
                    yield _last(completion, step.answer, shown)
                elif piece := text.piece(step.answer, completion.address):
                    yield completion.chunk(model, {"content": piece})
        if usage:
            yield completion.usage_chunk(model, text.sent)
    except Exception as failure:  # the status line is sent already
        yield _data({"error": errors.public(failure)})
    yield DONE


def _last(completion: _Completion, answer: Answer, shown: Told) -> bytes:
    delta = {"annotations": completion.annotations(shown.marks)}
    return completion.chunk(answer.writer, delta, "stop", snoska=asking.whole(answer))


def _data(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"
