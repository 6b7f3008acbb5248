"""Reads a question and a sentence together: how well does the sentence answer?

The packaged MiniLM with its upper layers fine-tuned; only those are stored (cross_encoder.safetensors), the
rest comes from the package. `python -m evals.train_reader` makes the weights and says from which data sets.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.embedding import PACKAGED, model_folder

if TYPE_CHECKING:
    import torch

WEIGHTS = "cross_encoder.safetensors"
MAX_TOKENS = 96  # question, sentence and its context; the context is what is cut first
FROZEN_LAYERS = 2  # the lowest layers and the word embeddings stay as they are in the package
BATCH = 16
_loading = threading.Lock()
BEFORE_WORDS = 15  # of the sentence before: enough to tell who "he" or "the company" is


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, a sentence, and what stands around it: the sentence before and the document's title."""

    question: str
    sentence: str
    before: str = ""
    title: str = ""

    @property
    def second(self) -> str:
        """The sentence comes first, so that what is cut off at MAX_TOKENS is context."""
        before = " ".join(self.before.split()[:BEFORE_WORDS])
        return " | ".join(part for part in (self.sentence, self.title, before) if part)


class CrossEncoder:
    """The network; `module` is a torch module over (input_ids, attention_mask, token_type_ids)."""

    def __init__(self, module: "torch.nn.Module", tokenizer: Any) -> None:
        self.module = module
        self.tokenizer = tokenizer
        self._in_use = threading.Lock()  # the tokenizer's settings change with each call

    @classmethod
    def untrained(cls) -> "CrossEncoder":
        """The packaged model under a new head, from which training starts."""
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = model_folder(PACKAGED)
        body = AutoModel.from_pretrained(folder, local_files_only=True)
        head = torch.nn.Linear(body.config.hidden_size, 1)
        module = torch.nn.ModuleDict({"body": body, "head": head})
        return cls(module, AutoTokenizer.from_pretrained(folder, local_files_only=True))

    @classmethod
    def packaged(cls) -> "CrossEncoder":
        from safetensors.torch import load_file

        made = cls.untrained()
        with as_file(files("assistant").joinpath(WEIGHTS)) as path:
            tuned = {name: tensor.float() for name, tensor in load_file(path).items()}
        made.module.load_state_dict(tuned, strict=False)
        made.module.eval()
        return made

    def logits(self, pairs: Sequence[Pair]) -> "torch.Tensor":
        """(pairs,) in their order; runs with gradients where torch has them on."""
        tokens = self.tokenizer(
            [pair.question for pair in pairs],
            [pair.second for pair in pairs],
            truncation="longest_first",
            max_length=MAX_TOKENS,
            padding=True,
            return_tensors="pt",
        )
        states = self.module["body"](**tokens).last_hidden_state  # type: ignore[index]
        mask = tokens["attention_mask"].unsqueeze(-1)
        pooled = (states * mask).sum(1) / mask.sum(1)
        logits: torch.Tensor = self.module["head"](pooled).squeeze(-1)  # type: ignore[index]
        return logits

    def scores(self, pairs: Sequence[Pair]) -> npt.NDArray[np.float64]:
        """(pairs,) logits: higher where the sentence answers better."""
        import torch

        order = sorted(range(len(pairs)), key=lambda at: len(pairs[at].question) + len(pairs[at].second))
        found = np.zeros(len(pairs))
        with self._in_use, torch.inference_mode():
            for first in range(0, len(order), BATCH):
                chosen = order[first : first + BATCH]
                found[chosen] = self.logits([pairs[at] for at in chosen]).numpy()
        return found


@lru_cache(maxsize=1)
def _packaged() -> CrossEncoder:
    return CrossEncoder.packaged()


def packaged_cross_encoder() -> CrossEncoder:
    """Loaded once a process, which takes about a second."""
    with _loading:
        return _packaged()
