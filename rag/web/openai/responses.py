"""POST /v1/responses: the same answer in the shape of OpenAI's Responses, with its events in a stream."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from rag.chats.records import new_id
from rag.types import Answer, Turn
from rag.web import answer_stream
from rag.web.markdown import Address, Growing, Told, told
from rag.web.openai import asking, errors, returned
from rag.web.request_models import QUESTION_LIMIT, filters_of
from rag.web.response_models import example, gives
from rag.web.saved_answers import kept_of
from rag.web.write_queue import event, event_stream

router = APIRouter(prefix=errors.PREFIX, tags=["openai"])
_ID = "resp_"


class ResponsesIn(asking.Asked):
    """Запрос в форме OpenAI Responses."""

    model_config = example(model="snoska", input="Что такое офтейк?")
    input: str | asking.Messages = Field(description="вопрос или разговор, в котором он последний")
    previous_response_id: str | None = Field(None, max_length=200, description="id ответа, за которым вопрос")

    def messages(self) -> asking.Messages:
        """What was said, the question last."""
        if isinstance(self.input, str):
            return [asking.Message(role="user", content=self.input)]
        return self.input


@router.post(
    "/responses",
    summary="Ответ в форме OpenAI Responses",
    response_model=None,
    responses=gives(returned.Responded, "text/event-stream"),
)
async def respond(sent: ResponsesIn, request: Request) -> Response:
    """Ответ в Markdown со сносками; annotations указывают на их знаки, snoska — ответ целиком."""
    asking.check_model(request, sent.model)
    messages = sent.messages()
    question, turns = asking.conversation(messages)
    turns = [*_before(request, sent.previous_response_id), *turns]
    prompt = asking.tokens(*(each.text() for each in messages))
    told_of = _Told(sent.previous_response_id, prompt, asking.addresses(request))
    filters, answer_id = filters_of(sent.filters), told_of.id.removeprefix(_ID)
    steps = answer_stream.asked(request, question, turns, filters, answer_id=answer_id)
    if sent.stream:
        return event_stream(_events(await answer_stream.begun(steps), told_of))
    answer = await answer_stream.last(steps, request)
    if not answer:
        return Response(status_code=answer_stream.CLIENT_LEFT)
    return JSONResponse(told_of.completed(answer, told(answer, told_of.address)))


def _before(request: Request, response_id: str | None) -> list[Turn]:
    """The turns up to a response of ours that is kept. Raises NotFoundError."""
    if response_id is None:
        return []
    answer, before = kept_of(request).answered(response_id.removeprefix(_ID))
    return [*before, Turn(answer.question[:QUESTION_LIMIT], answer.text)]


@dataclass(frozen=True, slots=True)
class _Told:
    """A response as it is told at each moment, by the id under which its answer is kept."""

    previous: str | None
    prompt: int  # length of what was asked
    address: Address
    id: str = field(default_factory=lambda: _ID + new_id())
    item: str = field(default_factory=lambda: "msg_" + new_id())
    created: int = field(default_factory=lambda: int(time.time()))

    def begun(self) -> dict[str, Any]:
        return self._response("in_progress", asking.DEFAULT, [])

    def completed(self, answer: Answer, shown: Told) -> dict[str, Any]:
        output = [self.message("completed", self.content(shown))]
        more = {"usage": self._usage(shown.text), "snoska": asking.whole(answer)}
        return self._response("completed", answer.writer, output) | more

    def failed(self, failure: Exception) -> dict[str, Any]:
        error = errors.public(failure)
        told = {"code": "server_error", "message": error["message"]}
        return self._response("failed", asking.DEFAULT, []) | {"error": told}

    def message(self, status: str, *content: dict[str, Any]) -> dict[str, Any]:
        head = {"id": self.item, "type": "message", "role": "assistant", "status": status}
        return {**head, "content": list(content)}

    def content(self, shown: Told | None) -> dict[str, Any]:
        """The text with its annotations; without text while there is none."""
        annotations = self.annotations(shown) if shown else []
        text = shown.text if shown else ""
        return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}

    def annotations(self, shown: Told) -> list[dict[str, Any]]:
        return [{"type": "url_citation", **asking.annotation(mark, self.address)} for mark in shown.marks]

    def _response(self, status: str, model: str, output: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "model": model,
            "output": output,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": False,
            "previous_response_id": self.previous,
            "temperature": None,
            "tool_choice": "none",
            "tools": [],
            "top_p": None,
            "usage": None,
        }

    def _usage(self, text: str) -> dict[str, Any]:
        said = asking.tokens(text)
        return {
            "input_tokens": self.prompt,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": said,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self.prompt + said,
        }


async def _events(steps: answer_stream.Steps, response: _Told) -> AsyncGenerator[bytes, None]:
    """The events in OpenAI's order. When the client leaves, the bot's work is closed."""
    numbers, text = count(), Growing()

    def tell(kind: str, **data: Any) -> bytes:
        return event(kind, {"type": kind, "sequence_number": next(numbers), **data})

    place = {"item_id": response.item, "output_index": 0, "content_index": 0}
    try:
        async with aclosing(steps):
            yield tell("response.created", response=response.begun())
            yield tell("response.in_progress", response=response.begun())
            item = response.message("in_progress")
            yield tell("response.output_item.added", output_index=0, item=item)
            yield tell("response.content_part.added", **place, part=response.content(None))
            async for step in steps:
                if step is None:
                    continue
                if not step.whole:
                    if piece := text.piece(step.answer, response.address):
                        yield tell("response.output_text.delta", **place, delta=piece, logprobs=[])
                    continue
                rest, shown = text.rest(told(step.answer, response.address))
                yield tell("response.output_text.delta", **place, delta=rest, logprobs=[])
                for number, each in enumerate(response.annotations(shown)):
                    name = "response.output_text.annotation.added"
                    yield tell(name, **place, annotation_index=number, annotation=each)
                content = response.content(shown)
                yield tell("response.output_text.done", **place, text=shown.text, logprobs=[])
                yield tell("response.content_part.done", **place, part=content)
                item = response.message("completed", content)
                yield tell("response.output_item.done", output_index=0, item=item)
                yield tell("response.completed", response=response.completed(step.answer, shown))
    except Exception as failure:  # the status line is sent already
        yield tell("response.failed", response=response.failed(failure))
