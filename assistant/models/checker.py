"""How well cited words support a statement: MPNet with changes of its own, in int8, and a head over its first token.

checker.safetensors holds the changes and the head; `python -m evals train_checker` makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.models.encoder import Tokens, load_tokenizer
from assistant.models.mpnet import Mpnet, prepared, read_changes

CHANGES = "checker.safetensors"
MAX_TOKENS = 320  # of the statement and what it cites; the end of the longer one is what is cut


@dataclass(frozen=True, slots=True)
class Verdict:
    """Probabilities, which sum to 1."""

    supported: float
    contradicted: float
    unsupported: float

    @property
    def log_odds(self) -> float:
        """Of "supported"."""
        return float(np.log(max(self.supported, 1e-9)) - np.log(max(1 - self.supported, 1e-9)))


class SupportScore:
    """`head`: "verdict.weight" (3, SIZE) and "verdict.bias" (3,). Several threads may ask it at once."""

    def __init__(self, body: Mpnet, head: Mapping[str, npt.NDArray[np.float32]]) -> None:
        self._body = body
        self._head = head
        self._tokenizer = load_tokenizer(MAX_TOKENS)

    def verdict(self, statement: str, cited: str) -> Verdict:
        tokens = Tokens.from_encodings([self._tokenizer.encode(statement, cited)])
        first = self._body.states(tokens)[0, 0]
        logits = self._head["verdict.weight"] @ first + self._head["verdict.bias"]
        shares = np.exp(logits - logits.max())
        return Verdict(*(float(share) for share in shares / shares.sum()))


def load_support_score(cache: Path | None = None) -> SupportScore:
    """The packaged one; DamagedModel where its weights cannot be had. Its first use joins them, which takes seconds."""
    from platformdirs import user_cache_path
    from safetensors.numpy import load

    folder = prepared(cache or user_cache_path("assistant"), CHANGES)
    stored = load(read_changes(CHANGES))
    head = {name: weight.astype(np.float32) for name, weight in stored.items() if name.startswith("verdict.")}
    return SupportScore(Mpnet(folder), head)
