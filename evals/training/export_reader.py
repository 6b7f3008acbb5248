"""Makes assistant/models/base_reader.onnx: MPNet's layers in int8 as a graph for onnxruntime, without its weights.

    python -m evals export_reader

Weights have the names that assistant/models/mpnet.py gives them, which hands them over when it loads the graph.
Matrices are int8 with a scale for each output; what they are multiplied with is quantised as it comes.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from assistant.models.mpnet import EPSILON, GRAPH, HEADS, LAYERS, SIZE, WIDE

OPSET = 20


class Graph:
    """Nodes in order, and the initialisers that they name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self._count = 0

    def add(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """The name of the output, or a list of names."""
        self._count += 1
        names = [f"{kind}_{self._count}_{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def weight(self, name: str, shape: Sequence[int], type_: int = TensorProto.FLOAT) -> str:
        """One that whoever loads the graph hands over."""
        tensor = onnx.TensorProto(name=name, data_type=type_, dims=shape)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="handed over when the graph is loaded")
        self.weights.append(tensor)
        return name

    def constant(self, name: str, type_: int, values: Sequence[float]) -> str:
        self.weights.append(helper.make_tensor(name, type_, [len(values)], values))
        return name

    def linear(self, states: str, name: str, size: int, out: int) -> str:
        """states @ weight + bias, the weight in int8 with a scale for each output."""
        largest = self.add("ReduceMax", self.add("Abs", states), "last axis", keepdims=1)
        scale = self.add("Div", self.add("Max", largest, "least"), "most")
        values = self.add("Add", self.add("Round", self.add("Div", states, scale)), "middle")
        matrix = self.weight(f"{name}.weight", (size, out), TensorProto.INT8)
        bytes_ = self.add("Cast", values, to=TensorProto.UINT8)
        whole = self.add("Cast", self.add("MatMulInteger", bytes_, matrix, "zero"), to=TensorProto.FLOAT)
        scaled = self.add("Mul", self.add("Mul", whole, scale), self.weight(f"{name}.scale", (out,)))
        return self.add("Add", scaled, self.weight(f"{name}.bias", (out,)))  # type: ignore[no-any-return]

    def norm(self, states: str, name: str) -> str:
        weight, bias = self.weight(f"{name}.weight", (SIZE,)), self.weight(f"{name}.bias", (SIZE,))
        return self.add("LayerNormalization", states, weight, bias, axis=-1, epsilon=EPSILON)  # type: ignore[no-any-return]


def layer(graph: Graph, states: str, number: int) -> str:
    name = f"layer.{number}"
    merged = graph.linear(states, f"{name}.qkv", SIZE, 3 * SIZE)
    heads = graph.add("Transpose", graph.add("Reshape", merged, "in heads"), perm=[1, 2, 0, 3])
    q, k, v = (
        graph.add("Squeeze", part, "first axis")
        for part in graph.add("Split", heads, outputs=3, axis=0, num_outputs=3)
    )
    q = graph.add("Mul", q, "per head")
    scores = graph.add("Add", graph.add("MatMul", q, graph.add("Transpose", k, perm=[0, 2, 1])), "bias")
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), v)
    mixed = graph.add("Reshape", graph.add("Transpose", mixed, perm=[1, 0, 2]), "in one")
    states = graph.norm(
        graph.add("Add", states, graph.linear(mixed, f"{name}.o", SIZE, SIZE)), f"{name}.norm1"
    )
    wide = graph.add("Gelu", graph.linear(states, f"{name}.up", SIZE, WIDE))
    return graph.norm(
        graph.add("Add", states, graph.linear(wide, f"{name}.down", WIDE, SIZE)), f"{name}.norm2"
    )


def make_graph() -> Any:
    graph = Graph()
    graph.constant("in heads", TensorProto.INT64, [0, 3, HEADS, SIZE // HEADS])
    graph.constant("in one", TensorProto.INT64, [0, SIZE])
    graph.constant("last axis", TensorProto.INT64, [-1])
    graph.constant("least", TensorProto.FLOAT, [1e-6])
    graph.constant("most", TensorProto.FLOAT, [127])
    graph.constant("middle", TensorProto.FLOAT, [128])
    graph.weights.append(helper.make_tensor("zero", TensorProto.UINT8, [], [128]))
    graph.constant("first axis", TensorProto.INT64, [0])
    graph.constant("per head", TensorProto.FLOAT, [(SIZE // HEADS) ** -0.5])
    states = "states"
    for number in range(LAYERS):
        states = layer(graph, states, number)
    graph.nodes.append(helper.make_node("Identity", [states], ["last states"]))
    inputs = [
        helper.make_tensor_value_info("states", TensorProto.FLOAT, ["tokens", SIZE]),
        helper.make_tensor_value_info("bias", TensorProto.FLOAT, [HEADS, "tokens", "tokens"]),
    ]
    outputs = [helper.make_tensor_value_info("last states", TensorProto.FLOAT, ["tokens", SIZE])]
    made = helper.make_graph(graph.nodes, "MPNet", inputs, outputs, graph.weights)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, default=Path("assistant/models") / GRAPH)


def main(options: argparse.Namespace) -> None:
    onnx.save(make_graph(), options.output)
