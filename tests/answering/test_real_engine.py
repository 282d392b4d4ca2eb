"""The LLM writer over a real engine: `transformers serve` with two tiny models that are built here.

One has random weights and writes nonsense without an end. The other one's weights are set by hand, so that
each piece of one answer is followed by the next: a real engine then says something that can be checked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from rag.answering.llama_llm import openai_like
from rag.answering.llm import LLMWriter
from rag.types import Draft
from tests.answering.test_extractive import WRITER, hit
from tests.answering.test_llm_writer import query
from tests.patience import PATIENCE
from tests.processes import free_port

ANSWER = ("Железный мост через Урал", " открыли", " в 1936 году", " [1]", ".")
OPENING = "<answer>"  # the last piece of every prompt
HITS = (
    hit("bridge", "Мост через Урал строили четыре года. Железный мост через Урал открыли в 1936 году."),
    hit("trains", "По железному мосту через Урал ходят поезда.", 0.9),
)
QUESTION = "Когда открыли железный мост через Урал?"


def build(folder: Path, chain: Sequence[str]) -> None:
    """A model of one layer in `folder`: it says the pieces of `chain`; without any it has random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer(chain)
    torch.manual_seed(0)
    size = -(-len(tokenizer) // 8) * 8
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=size,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8192,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    if chain:
        _chain(model, tokenizer.convert_tokens_to_ids([OPENING, *chain, tokenizer.eos_token]))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tokenizer(pieces: Sequence[str]):  # type: ignore[no-untyped-def]
    """Bytes, and `pieces` whole."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    raw = Tokenizer(models.BPE(vocab={sign: number for number, sign in enumerate(alphabet)}, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, model_max_length=8192, **special)
    tokenizer.add_tokens([OPENING, *pieces])
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}" + OPENING
    )
    return tokenizer


def _chain(model, ids: list[int]) -> None:  # type: ignore[no-untyped-def]
    """No attention, no layers: the last token alone decides, and it wants the next of `ids`."""
    import torch

    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.zero_()
        embedding = model.model.embed_tokens.weight
        embedding.copy_(torch.eye(*embedding.shape))
        for one, following in pairwise(ids):
            model.lm_head.weight[following, one] = 1.0


@contextmanager
def engine(folder: Path) -> Iterator[str]:
    """`transformers serve` on loopback, offline; stopped by its process id."""
    port = free_port()
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            cwd=folder,
            env={**os.environ, "HF_HOME": str(folder / "hub"), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        build(folder / "chain", ANSWER)
        build(folder / "random", ())
        _wait(f"http://127.0.0.1:{port}", process, folder / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < ends:
        try:
            if httpx.get(f"{address}/health", timeout=PATIENCE).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the engine did not start:\n" + log.read_text(encoding="utf-8")[-3000:])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("engine")
    with engine(folder) as address:
        yield address, folder


def drafts(served: tuple[str, Path], model: str, answer: int) -> list[Draft]:
    address, folder = served
    llm = openai_like(str(folder / model), f"{address}/v1", None, 4096, answer, PATIENCE)
    return list(LLMWriter(llm, WRITER, 4096, PATIENCE).write(query(QUESTION), HITS))


def test_an_answer_of_a_real_engine_is_cited(served: tuple[str, Path]) -> None:
    *_, draft = drafts(served, "chain", 64)
    assert (draft.writer, draft.notes) == ("", ())
    (sentence,) = draft.sentences
    assert (sentence.text, sentence.support) == ("Железный мост через Урал открыли в 1936 году.", "supported")
    (citation,) = draft.citations
    assert citation.quote == "Железный мост через Урал открыли в 1936 году."


def test_the_nonsense_of_a_real_engine_is_not_passed_on(served: tuple[str, Path]) -> None:
    *_, draft = drafts(served, "random", 24)
    assert draft.notes == ("ответ языковой модели не поместился; ответ составлен без неё",)
    assert draft.writer == "extractive"
    assert "1936" in draft.sentences[0].text


def test_a_real_engine_has_no_such_model(served: tuple[str, Path]) -> None:
    *_, draft = drafts(served, "absent", 24)
    assert "сервер языковой модели" in draft.notes[0]
    assert draft.found
