"""The default encoder: static Russian word vectors, built once from navec, read without torch.

`build` writes an ordinary sentence-transformers model folder (`StaticEmbedding` + `Normalize`), so
`SentenceTransformer(folder)` loads it; `StaticEncoder` reads the same files with NumPy and tokenizers.

A text's vector is the normalised mean of its tokens' rows, so everything else is folded into the rows:

- a word form's row is its lemma's navec vector (natasha, MIT) less the frequency-weighted mean vector
  (the "common component" of Arora et al. 2017), times the lemma's IDF in navec's billion words of news;
- function words have zero rows;
- numbers and words navec does not know, met piece by piece, have pseudo-random rows seeded by their
  letters: they carry identity, no meaning.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import math
import mmap
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from rag.errors import ModelError
from rag.text.words import INVISIBLE, fold, is_function_word, lemma
from rag.types import Vectors

log = logging.getLogger(__name__)

VERSION = "static-navec-3"
TRAINED = "snoska.json"  # the mark of a folder that `snoska train` made: {"id": …}
DIMENSION = 300
_NEWS_WORDS = 1e9  # navec's vectors and counts come from a billion words of news
_SMOOTHING = 300  # occurrences added to each count: rarer than this is equally rare
_PIECE_WEIGHT = 0.6  # a piece's share of a rare word's weight: an unknown word has two or three pieces
_UNKNOWN = "[UNK]"
_RUN = re.compile(r"[^\W_]+")  # of letters and digits: no token goes over its end
_WORDS_KEPT = 100_000
_TOGETHER = 1_000  # texts whose rows are read together
_SUMMED = 32  # texts whose rows are summed together: they fit into the processor's cache
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


class StaticEncoder:
    """Reads a folder made by `build`; encodes about 8,000 passages a second on one core."""

    dimension = DIMENSION

    def __init__(self, folder: Path, name: str = "static") -> None:
        """Raises ModelError when the folder is incomplete."""
        self.name = name
        # The tokenizer itself takes ten times as long over a text: it is asked once for each word.
        self._tokens = lru_cache(_WORDS_KEPT)(self._tokens_of)
        try:
            self._rows = map_rows(folder / "0_StaticEmbedding" / "model.safetensors")
            self._tokenizer = _tokenizer(folder / "0_StaticEmbedding" / "tokenizer.json")
        except Exception as error:  # tokenizers raises nothing more special
            raise ModelError(
                f"Кодировщик в папке {folder} повреждён ({error}). Удалите папку: она соберётся заново."
            ) from error

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def word_vectors(self, lemmas: Sequence[str]) -> Vectors:
        """Unit vectors of single lemmas, (len(lemmas), dimension); zero for unknown and function words."""
        # An unknown lemma gets the [UNK] row, which is zero.
        rows = self._rows[[self._tokenizer.token_to_id(lemma) or 0 for lemma in lemmas]]
        _forget(self._rows)
        return _unit(rows.astype(np.float32))

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for start in range(0, len(texts), _TOGETHER):
            self._sum(texts[start : start + _TOGETHER], vectors[start : start + _TOGETHER])
        _forget(self._rows)
        return _unit(vectors)

    def _sum(self, texts: Sequence[str], sums: Vectors) -> None:
        """Write the sum of each text's rows; every row needed is read and widened once."""
        found = [list(chain.from_iterable(map(self._tokens, _RUN.findall(fold(text))))) for text in texts]
        sizes = np.array([len(tokens) for tokens in found])
        filled = np.flatnonzero(sizes)
        if not len(filled):
            return
        used, places = np.unique(np.fromiter(chain.from_iterable(found), np.intp), return_inverse=True)
        rows = self._rows[used].astype(np.float32)
        stops = np.cumsum(sizes[filled])
        for first in range(0, len(filled), _SUMMED):
            part = filled[first : first + _SUMMED]
            starts = stops[first : first + len(part)] - sizes[part]
            taken = rows[places[starts[0] : stops[first + len(part) - 1]]]
            sums[part] = np.add.reduceat(taken, starts - starts[0], axis=0)

    def _tokens_of(self, run: str) -> tuple[int, ...]:
        """The tokens of a run of letters and digits; most are one, and looking it up is quick."""
        whole = self._tokenizer.token_to_id(run)
        if whole is not None:
            return (whole,)
        return tuple(self._tokenizer.encode(run, add_special_tokens=False).ids)


def is_trained(folder: Path) -> bool:
    """Whether `snoska train` made this folder, so that it can be read without torch."""
    return (folder / TRAINED).is_file()


def trained(folder: Path) -> StaticEncoder:
    """The encoder of such a folder; its name changes with every training. Raises ModelError."""
    try:
        made = json.loads((folder / TRAINED).read_text(encoding="utf-8"))
        return StaticEncoder(folder, f"static {folder.name}@{made['id']}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"Кодировщик в папке {folder} повреждён ({error}). Обучите его заново: snoska train"
        ) from error


class Background:
    """How common a lemma is in a billion words of news; a prior for corpora too small to tell.

    Saved beside the encoder as `background.json`: {lemma: occurrences}.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "background.json"

    @cached_property
    def counts(self) -> dict[str, int]:
        loaded: dict[str, int] = json.loads(self._path.read_text(encoding="utf-8"))
        return loaded

    def frequency(self, lemma: str) -> float:
        """Occurrences per word of running text, above zero for every lemma."""
        return (self.counts.get(lemma, 0) + 5) / _NEWS_WORDS


def ensure(folder: Path) -> Path:
    """The folder with the encoder, built if it is not there (about 15 s); a half-built one is replaced.

    One process builds, others wait for it. Raises ModelError where the folder can't be written.
    """
    target = folder / VERSION
    if (target / "modules.json").is_file():
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".building.lock"):
            if not (target / "modules.json").is_file():  # another process may have built it meanwhile
                _build_aside(target)
    except OSError as error:
        raise ModelError(
            f"Кодировщик не удалось собрать в папке {folder}: она не открывается для записи. "
            f"Проверьте путь, место на диске и права или укажите другую папку: RAG_MODELS=…"
        ) from error
    return target


def _build_aside(target: Path) -> None:
    told = {"told": f"Собираю кодировщик в {target.parent}: это делается один раз и занимает до минуты."}
    log.info("building the default encoder in %s: once, it takes up to a minute", target, extra=told)
    began = time.monotonic()
    scratch = target.with_name(f".{target.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    build(scratch)
    scratch.rename(target)
    log.info("the default encoder is built in %.0f s", time.monotonic() - began)


def build(folder: Path) -> None:
    """Write the model folder. Deterministic: the same files on every machine."""
    counts, vectors = _navec_lemmas()
    tokens: dict[str, np.ndarray] = {_UNKNOWN: np.zeros(DIMENSION)}
    for word, base in _navec_forms(vectors):
        # A form that is also a rarer word's lemma («банка») keeps the row of the word it mostly is.
        tokens.setdefault(word, vectors[base])
    rare = math.log(_NEWS_WORDS / _SMOOTHING)
    for number in map(str, range(10_000)):
        tokens[number] = _pseudo_random(number) * rare
    for piece in _pieces():
        tokens.setdefault(piece, _pseudo_random(piece) * rare * _PIECE_WEIGHT)
        tokens.setdefault("##" + piece, _pseudo_random("##" + piece) * rare * _PIECE_WEIGHT)
    _save(folder, list(tokens), np.stack(list(tokens.values())).astype(np.float16))
    (folder / "background.json").write_text(json.dumps(counts, ensure_ascii=False), encoding="utf-8")


def _navec_words() -> tuple[list[str], list[int], Vectors]:
    """Folded words without hyphens, how often each occurs, and their vectors."""
    import natasha
    from navec import Navec

    archive = next((Path(natasha.__file__).parent / "data" / "emb").glob("navec_news*.tar"))
    navec = Navec.load(str(archive))
    matrix = navec.pq.unpack()
    plain = re.compile("[а-яёa-z]+")
    chosen = [place for place, word in enumerate(navec.vocab.words) if plain.fullmatch(word)]
    words = [fold(navec.vocab.words[place]) for place in chosen]
    return words, [int(navec.vocab.counts[place]) for place in chosen], matrix[chosen]


def _navec_lemmas() -> tuple[dict[str, int], dict[str, np.ndarray]]:
    """Occurrences of each lemma, and its finished row: centred, unit, times IDF."""
    words, occurrences, matrix = _navec_words()
    counts: dict[str, int] = defaultdict(int)
    summed: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(DIMENSION))
    exact: dict[str, np.ndarray] = {}
    for word, count, vector in zip(words, occurrences, matrix, strict=True):
        base = lemma(word)
        counts[base] += count
        summed[base] += vector * math.sqrt(count + 1)
        if word == base:
            exact[base] = vector
    names = sorted(counts)
    raw = _unit(np.stack([exact.get(name, summed[name]) for name in names]).astype(np.float32))
    share = np.array([counts[name] for name in names], np.float64)
    centred = raw - (raw * (share / share.sum())[:, None]).sum(axis=0)
    rows = {}
    for name, vector in zip(names, centred, strict=True):
        weight = 0.0 if is_function_word(name) else math.log(_NEWS_WORDS / (counts[name] + _SMOOTHING))
        rows[name] = vector * max(weight, 0.0)
    return dict(counts), rows


def _navec_forms(vectors: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Every known form and lemma with the lemma whose row it takes."""
    words, _, _ = _navec_words()
    for word in words:
        yield word, lemma(word)
    for base in vectors:
        yield base, base


def _pieces() -> list[str]:
    """Letter and digit n-grams that unknown words and long numbers fall into."""
    letters = [*_CYRILLIC, *_LATIN]
    pairs = [a + b for alphabet in (_CYRILLIC, _LATIN) for a, b in itertools.product(alphabet, repeat=2)]
    vowels = "аеиоуыэюя"
    triples = [
        a + v + c for a in _CYRILLIC if a not in vowels for v in vowels for c in _CYRILLIC if c not in vowels
    ]
    digits = [f"{number:0{width}d}" for width in (1, 2, 3) for number in range(10**width)]
    return [*letters, *pairs, *triples, *digits]


def _pseudo_random(token: str) -> np.ndarray:
    """A unit vector that depends on nothing but the token's letters."""
    seed = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION)
    return np.asarray(vector / np.linalg.norm(vector))


def _save(folder: Path, tokens: list[str], rows: np.ndarray) -> None:
    from safetensors.numpy import save_file
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(
        models.WordPiece(
            {token: place for place, token in enumerate(tokens)},
            unk_token=_UNKNOWN,
            max_input_chars_per_word=64,
            continuing_subword_prefix="##",
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{INVISIBLE}]"), ""),
            normalizers.Lowercase(),
            normalizers.Replace("ё", "е"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\p{L}+|\p{Nd}+"), "removed", invert=True)
    module = folder / "0_StaticEmbedding"
    module.mkdir(parents=True)
    (folder / "1_Normalize").mkdir()
    tokenizer.save(str(module / "tokenizer.json"))
    save_file({"embedding.weight": rows}, module / "model.safetensors")
    (module / "model.safetensors").chmod(0o644)  # a library others may read
    save_descriptions(folder)


def save_descriptions(folder: Path) -> None:
    """The JSON files by which sentence-transformers knows the folder; modules.json last: it means done."""
    package = "sentence_transformers"
    modules = [
        {
            "idx": 0,
            "name": "0",
            "path": "0_StaticEmbedding",
            "type": f"{package}.sentence_transformer.modules.static_embedding.StaticEmbedding",
        },
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{package}.base.modules.normalize.Normalize"},
    ]
    settings: dict[str, object] = {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "modules.json").write_text(json.dumps(modules, indent=1), encoding="utf-8")


def _tokenizer(path: Path) -> Any:
    """Reading the built-in one takes half a second: all of its words are in it."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def map_rows(path: Path, name: str = "embedding.weight") -> np.ndarray:
    """A float16 matrix of a safetensors file, mapped into memory instead of read."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))[name]
    if header["dtype"] != "F16":
        raise ValueError(f"dtype {header['dtype']}")
    return np.memmap(path, np.float16, "r", 8 + size + header["data_offsets"][0], tuple(header["shape"]))


def _forget(rows: np.ndarray) -> None:
    """Let the system have back what was read of a mapped file: it would grow to all of its 170 MB."""
    mapped: Any = rows.base
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-9))
