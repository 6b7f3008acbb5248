"""The cross-encoder as a torch network, to be trained; assistant/models/cross_encoder.py runs what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import BertModel
from transformers.utils.logging import disable_progress_bar

from assistant.models.cross_encoder import HEADS, MAX_TOKENS, UNREAD, Window, tokenise
from assistant.models.encoder import INPUTS, Numbers, load_tokenizer, packaged_folder

FROZEN_LAYERS = 2  # the lowest layers and the word embeddings stay as they are in the package


@dataclass(frozen=True, slots=True)
class Read:
    """What the network says of a batch, with gradients where torch has them on."""

    sentence: torch.Tensor  # (all sentences,) one window after the other
    passage: torch.Tensor  # (windows,)
    start: torch.Tensor  # (windows, tokens); what is not of the passage is masked, but for the first: "none"
    end: torch.Tensor
    of: Numbers  # (windows, tokens) number of the token's sentence in its window, or -1
    offsets: Numbers  # (windows, tokens, 2) in the window's text


class ReaderNetwork:
    """`module` holds the body and the heads over its token states: the packaged model under new heads."""

    def __init__(self) -> None:
        disable_progress_bar()  # type: ignore[no-untyped-call]
        body = BertModel.from_pretrained(packaged_folder(), local_files_only=True)
        size = body.config.hidden_size
        heads = torch.nn.ModuleDict(
            {"tokens": torch.nn.Linear(size, len(HEADS)), "passage": torch.nn.Linear(size, 1)}
        )
        self.module = torch.nn.ModuleDict({"body": body, "heads": heads})
        self._tokenizer = load_tokenizer(MAX_TOKENS)

    def load(self, path: Path) -> None:
        """Tuned weights from a file; what it does not hold stays as it is."""
        tuned = {name: tensor.float() for name, tensor in load_file(path).items()}
        self.module.load_state_dict(tuned, strict=False)

    def save(self, path: Path, *, note: str) -> None:
        """The tuned layers in half precision: the rest is in the packaged model already."""
        lowest = (f"body.encoder.layer.{number}." for number in range(FROZEN_LAYERS))
        frozen = ("body.embeddings.", *lowest, "body.pooler.")
        state = self.module.state_dict()
        tuned = {name: t.half().contiguous() for name, t in state.items() if not name.startswith(frozen)}
        save_file(tuned, path, metadata={"note": note})

    def forward(self, windows: Sequence[Window]) -> Read:
        batch = tokenise(windows, self._tokenizer)
        arrays = (batch.tokens.ids, batch.tokens.mask, batch.tokens.types)
        given = {name: torch.from_numpy(array) for name, array in zip(INPUTS, arrays, strict=True)}
        states = self.module["body"](**given).last_hidden_state
        heads = cast(torch.nn.ModuleDict, self.module["heads"])
        values = heads["tokens"](states).float()
        no_word = torch.from_numpy(batch.of < 0)
        no_word[:, 0] = False
        return Read(
            _pooled(values[..., 0], values[..., 1], batch.of, [len(window.sentences) for window in windows]),
            heads["passage"](states[:, 0]).squeeze(-1).float(),
            values[..., 2].masked_fill(no_word, -1e4),
            values[..., 3].masked_fill(no_word, -1e4),
            batch.of,
            batch.offsets,
        )


def _pooled(value: torch.Tensor, attention: torch.Tensor, of: Numbers, counts: Sequence[int]) -> torch.Tensor:
    """(all sentences,) the mean of the token values of each sentence, weighted by attention."""
    first = np.cumsum([0, *counts])[:-1]
    places = torch.from_numpy((of + first[:, None])[of >= 0])
    inside = torch.from_numpy(of >= 0)
    weight = attention[inside].clamp(-15, 15).exp()
    total = torch.zeros(sum(counts)).index_add(0, places, weight)
    sums = torch.zeros(sum(counts)).index_add(0, places, weight * value[inside])
    return torch.where(total > 0, sums / total.clamp(min=1e-9), torch.full_like(sums, UNREAD))
