"""MPNet with changes of low rank and a head for support, as a torch network; assistant/models runs what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional
from transformers import MPNetConfig, MPNetModel

from assistant.models.encoder import Tokens, load_tokenizer
from assistant.models.mpnet import EPSILON, LAYERS, LOW_RANK_SCALE, NAMES, SIZE, base_model, own_ids
from evals.training.claim_examples import LABELS, Example

RANK = 32
FROZEN_LAYERS = 3  # the lowest stay as they are
PAD = 1
MAX_TOKENS = 160  # a statement, a title and the lines cited; longer texts cost more than they teach
MATRICES = ("q", "k", "v", "o", "up", "down")
HEAD = "verdict"  # a number for each of LABELS, from the state of the first token


class LowRank(nn.Module):
    """A linear layer that stays, in half precision, and a change of low rank beside it."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(requires_grad=False).bfloat16()
        self.down = nn.Parameter(torch.randn(RANK, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        change = functional.linear(functional.linear(states, self.down), self.up)
        return cast(Tensor, self.linear(states) + LOW_RANK_SCALE * change)


@dataclass(frozen=True, slots=True)
class Batch:
    ids: Tensor  # (statements, tokens)
    mask: Tensor
    labels: Tensor  # (statements,)


class CheckerNetwork(nn.Module):
    """`changes`: those of an earlier training, as base_reader.safetensors has them; without a head one begins at 0."""

    def __init__(self, changes: Path) -> None:
        super().__init__()
        config = MPNetConfig(
            vocab_size=30527,
            max_position_embeddings=514,
            layer_norm_eps=EPSILON,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.body = MPNetModel(config, add_pooling_layer=False).requires_grad_(requires_grad=False)
        with TemporaryDirectory() as folder:
            held = {name: t.float() for name, t in load_file(base_model(Path(folder))).items()}
        state = self.body.state_dict()
        self.body.load_state_dict({name: held[name] for name in state})
        self.layers: list[dict[str, LowRank]] = [
            self._changed(number) for number in range(FROZEN_LAYERS, LAYERS)
        ]
        self.verdict = nn.Linear(SIZE, len(LABELS))
        nn.init.zeros_(self.verdict.weight)
        self._load(load_file(changes))

    def _changed(self, number: int) -> dict[str, LowRank]:
        """Puts a LowRank in the place of each matrix of a layer."""
        made = {}
        for part in MATRICES:
            path = f"encoder.layer.{number}.{NAMES[part]}"
            linear = cast(nn.Linear, self.body.get_submodule(path))
            made[part] = LowRank(linear)
            self.body.set_submodule(path, made[part])
        return made

    def named(self) -> dict[str, Tensor]:
        """What is trained, by the names in the file."""
        found = {f"{HEAD}.weight": self.verdict.weight, f"{HEAD}.bias": self.verdict.bias}
        for number, layer in enumerate(self.layers, FROZEN_LAYERS):
            for part, module in layer.items():
                found |= {f"layer.{number}.{part}.up": module.up, f"layer.{number}.{part}.down": module.down}
        return found

    def _load(self, held: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.named().items():
                if name in held:
                    parameter.copy_(held[name].float())

    def load(self, path: Path) -> None:
        self._load(load_file(path))

    def save(self, path: Path, *, note: str) -> None:
        """In half precision, by way of a second file: the one before it stays whole until this one is."""
        arrays = {name: parameter.detach().half().contiguous() for name, parameter in self.named().items()}
        made = path.with_suffix(".part")
        save_file(arrays, made, metadata={"note": note})
        made.replace(path)

    def forward(self, batch: Batch) -> Tensor:
        """(statements, LABELS) logits"""
        states = self.body(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        return cast(Tensor, self.verdict(states[:, 0].float()))


class Batcher:
    """Examples -> tensors; a batch is padded to its longest."""

    def __init__(self) -> None:
        self._tokenizer = load_tokenizer(MAX_TOKENS)

    def encode(self, examples: Sequence[Example]) -> list[np.ndarray[Any, Any]]:
        texts = [(e.statement, f"{e.title}\n{e.cited}" if e.title else e.cited) for e in examples]
        found = []
        for encoding in self._tokenizer.encode_batch(texts):
            ids, _ = own_ids(Tokens.from_encodings([encoding]))
            found.append(ids)
        return found

    def batch(self, ids: Sequence[np.ndarray[Any, Any]], labels: Sequence[int]) -> Batch:
        longest = -(-max(map(len, ids)) // 8) * 8  # fewer shapes: what the CPU prepares for each is kept
        padded = np.full((len(ids), longest), PAD)
        for row, own in enumerate(ids):
            padded[row, : len(own)] = own
        tensor = torch.from_numpy(padded)
        return Batch(tensor, (tensor != PAD).long(), torch.tensor(labels))
