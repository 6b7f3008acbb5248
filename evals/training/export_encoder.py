"""Makes assistant/models/encoder.onnx: the packaged model's body as a graph for onnxruntime, without its weights.

    python -m evals export_encoder

Each weight keeps its name, and assistant/models/encoder.py hands them over from the package when it loads the graph.
So the file has 50 kB, and one graph serves the packaged weights and the tuned ones.
"""

import argparse
from pathlib import Path
from typing import Any

import onnx
import torch
from safetensors import safe_open
from transformers import BertModel

from assistant.models.encoder import GRAPH, INPUTS, packaged_folder

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


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, default=Path("assistant/models") / GRAPH)


def main(options: argparse.Namespace) -> None:
    with safe_open(packaged_folder() / "model.safetensors", "np") as weights:
        names = set(weights.keys())
    onnx.save(without_weights(export(packaged_folder()), names), options.output)
