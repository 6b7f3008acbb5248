"""Makes assistant/encoder.onnx and encoder_int8.onnx: the packaged model's body as graphs without their weights.

    python -m evals.export_encoder

Each weight keeps its name, and assistant/encoder.py hands them over from the package when it loads a graph. So the
files have 50 kB, and one graph serves the packaged weights and the tuned ones. In the second the matrices are bytes.
"""

import argparse
from pathlib import Path
from typing import Any

import onnx
import torch
from safetensors import safe_open
from transformers import BertModel

from assistant.encoder import GRAPH, INPUTS, INT8_GRAPH, SCALES, packaged_folder

OPSET = 18


def export(folder: Path) -> Any:
    """The body of the model in `folder` as an ONNX model that gives the last hidden state."""
    body: Any = BertModel.from_pretrained(
        folder, local_files_only=True, add_pooling_layer=False, attn_implementation="eager"
    )  # in evaluation mode, as transformers leaves what it loads
    axes = {
        0: torch.export.Dim("texts"),
        1: torch.export.Dim("tokens", max=body.config.max_position_embeddings),
    }
    # Three different tensors: the exporter takes equal ones for the same input.
    example = {name: torch.full((2, 8), at, dtype=torch.int64) for at, name in enumerate(INPUTS)}
    program = torch.onnx.export(
        body,
        kwargs=example,
        input_names=list(INPUTS),
        dynamic_shapes=dict.fromkeys(INPUTS, axes),
        dynamo=True,  # the older exporter fails on transformers 5
        opset_version=OPSET,
        external_data=False,
        optimize=False,  # it would fold the weights into new ones with names of its own
    )
    assert program is not None
    return program.model_proto


def without_weights(model: Any, names: set[str]) -> Any:
    """The model with those initialisers left to whoever loads it, and without the exporter's remarks."""
    for tensor in model.graph.initializer:
        if tensor.name in names:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="handed over when the graph is loaded")
    for part in (model, model.graph, *model.graph.node, *model.graph.initializer):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    model.graph.ClearField("value_info")
    return model


def quantised(model: Any) -> Any:
    """The model with its matrices as bytes, as `encoder._as_bytes` makes them, and what they multiply made so too.

    A matrix keeps its name; beside it comes one more initialiser, its scales.
    """
    sources = {output: node for node in model.graph.node for output in node.output}
    initializers = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes: list[Any] = []
    made: dict[str, list[str]] = {}  # what is multiplied -> its bytes, scale and zero point
    for node in model.graph.node:
        matrix = _matrix(node, sources, initializers)
        if matrix is None:
            nodes.append(node)
            continue
        given, (result,) = node.input[0], node.output
        if given not in made:
            made[given] = [f"{given}.{part}" for part in ("bytes", "scale", "zero")]
            nodes.append(onnx.helper.make_node("DynamicQuantizeLinear", [given], made[given]))
        values, scale, zero = made[given]
        sums, floats, scales = (f"{result}.{part}" for part in ("sums", "floats", "scales"))
        nodes += [
            onnx.helper.make_node("MatMulInteger", [values, matrix, zero], [sums]),
            onnx.helper.make_node("Cast", [sums], [floats], to=onnx.TensorProto.FLOAT),
            onnx.helper.make_node("Mul", [scale, matrix + SCALES], [scales]),
            onnx.helper.make_node("Mul", [floats, scales], [result]),
        ]
        rows, columns = reversed(initializers[matrix].dims)
        model.graph.initializer.remove(initializers[matrix])
        for name, kind, shape in (
            (matrix, onnx.TensorProto.INT8, (rows, columns)),
            (matrix + SCALES, onnx.TensorProto.FLOAT, (columns,)),
        ):
            model.graph.initializer.append(onnx.TensorProto(name=name, data_type=kind, dims=shape))
    used = {name for node in nodes for name in node.input}
    kept = [node for node in nodes if node.op_type != "Transpose" or used.intersection(node.output)]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def _matrix(node: Any, sources: dict[str, Any], initializers: dict[str, Any]) -> str | None:
    """The name of the weight that a node multiplies with, transposed; None for any other node."""
    if node.op_type != "MatMul":
        return None
    source = sources.get(node.input[1])
    if source is None or source.op_type != "Transpose" or source.input[0] not in initializers:
        return None
    return str(source.input[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("assistant"), help="folder for both")
    options = parser.parse_args()
    with safe_open(packaged_folder() / "model.safetensors", "np") as weights:
        names = {part for name in weights.keys() for part in (name, name + SCALES)}  # noqa: SIM118
    model = export(packaged_folder())
    small = quantised(onnx.ModelProto.FromString(model.SerializeToString()))
    for graph, file in ((model, GRAPH), (small, INT8_GRAPH)):
        onnx.save(without_weights(graph, names), options.output / file)


if __name__ == "__main__":
    main()
