"""The LLM writer over a real engine: `transformers serve` with a tiny model that is written here.

Its weights are set by hand, so that each piece of one answer is followed by the next: a real engine then
says something that can be checked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from rag.answering.llama_llm import openai_like
from rag.answering.llm import LLMWriter
from rag.types import Draft
from tests.answering.passages import query
from tests.answering.test_extractive import WRITER, hit
from tests.patience import PATIENCE
from tests.processes import free_port

ANSWER = ("Железный мост через Урал", " открыли", " в 1936 году", " [1]", ".")
OPENING = "<answer>"  # the last piece of every prompt
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}" + OPENING
HITS = (
    hit("bridge", "Мост через Урал строили четыре года. Железный мост через Урал открыли в 1936 году."),
    hit("trains", "По железному мосту через Урал ходят поезда.", 0.9),
)


def build(folder: Path) -> None:
    """A model of one layer in `folder` that says ANSWER."""
    folder.mkdir()
    numbers = written_tokenizer(folder).get_vocab()
    said = [numbers[piece] for piece in (OPENING, *ANSWER, SPECIAL["eos_token"])]
    size = -(-len(numbers) // 8) * 8
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": size,
        "hidden_size": size,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 8192,
        "tie_word_embeddings": False,
        **{f"{name}_id": numbers[token] for name, token in SPECIAL.items()},
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(weights(size, said), folder / "model.safetensors", {"format": "pt"})


def written_tokenizer(folder: Path) -> Tokenizer:
    """Bytes, and the pieces of ANSWER whole."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={sign: number for number, sign in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL.values()))
    tokenizer.add_tokens([OPENING, *ANSWER])
    tokenizer.save(str(folder / "tokenizer.json"))
    kind = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 8192, "chat_template": TEMPLATE}
    (folder / "tokenizer_config.json").write_text(json.dumps(kind | SPECIAL), encoding="utf-8")
    return tokenizer


def weights(size: int, said: list[int]) -> dict[str, np.ndarray]:
    """No attention, no layers: the last token alone decides, and it wants the next one of `said`."""
    head = np.zeros((size, size), np.float32)
    for one, following in pairwise(said):
        head[following, one] = 1.0
    narrow, square = np.zeros((8, size), np.float32), np.zeros((size, size), np.float32)
    layer = {
        **{f"self_attn.{letter}_proj": square for letter in "qkvo"},
        "mlp.gate_proj": narrow,
        "mlp.up_proj": narrow,
        "mlp.down_proj": narrow.T.copy(),
        "input_layernorm": np.ones(size, np.float32),
        "post_attention_layernorm": np.ones(size, np.float32),
    }
    return {
        "model.embed_tokens.weight": np.eye(size, dtype=np.float32),
        **{f"model.layers.0.{name}.weight": each.copy() for name, each in layer.items()},
        "model.norm.weight": np.ones(size, np.float32),
        "lm_head.weight": head,
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """`transformers serve` on loopback, offline; stopped by its process id."""
    folder, port = tmp_path_factory.mktemp("engine"), free_port()
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
        build(folder / "chain")
        wait(f"http://127.0.0.1:{port}", process, folder / "server.log")
        yield f"http://127.0.0.1:{port}", folder
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)


def wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < ends:
        try:
            if httpx.get(f"{address}/health", timeout=PATIENCE).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the engine did not start:\n" + log.read_text(encoding="utf-8")[-3000:])


def asked(served: tuple[str, Path], model: str, answer: int) -> Draft:
    """The last draft when the answer may have as many tokens."""
    address, folder = served
    llm = openai_like(str(folder / model), f"{address}/v1", None, 4096, answer, PATIENCE)
    question = query("Когда открыли железный мост через Урал?")
    *_, draft = LLMWriter(llm, WRITER, 4096, PATIENCE).write(question, HITS)
    return draft


def test_an_answer_of_a_real_engine_is_cited(served: tuple[str, Path]) -> None:
    draft = asked(served, "chain", 64)
    assert (draft.writer, draft.notes) == ("", ())
    (sentence,) = draft.sentences
    assert (sentence.text, sentence.support) == ("Железный мост через Урал открыли в 1936 году.", "supported")
    (citation,) = draft.citations
    assert citation.quote == "Железный мост через Урал открыли в 1936 году."


def test_what_a_real_engine_had_to_cut_is_not_passed_on(served: tuple[str, Path]) -> None:
    draft = asked(served, "chain", 2)
    assert draft.notes == ("ответ языковой модели не поместился; ответ составлен без неё",)
    assert draft.writer == "extractive"
    assert "1936" in draft.sentences[0].text


def test_a_real_engine_has_no_such_model(served: tuple[str, Path]) -> None:
    draft = asked(served, "absent", 24)
    assert "сервер языковой модели" in draft.notes[0]
    assert draft.found
