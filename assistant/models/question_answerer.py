"""Any extractive question-answering model of transformers, as what the packaged cross-encoder is to its reader."""

import logging
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import UserError
from assistant.models.cross_encoder import MAX_TOKENS, Logits, Window, WindowReading, best_spans, sentence_of


class QuestionAnswerer:
    """A folder or hub name that AutoModelForQuestionAnswering loads; loaded at its first use, which takes seconds.

    It gives starts and ends of answers alone: a sentence, and the passage, are as likely as the best span in them.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._in_use = threading.Lock()  # the tokenizer's settings change with each call

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.getLogger("transformers").setLevel(logging.ERROR)
        local = Path(self.name).is_dir()
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.name, local_files_only=local)
            model = AutoModelForQuestionAnswering.from_pretrained(self.name, local_files_only=local)
        except (OSError, ValueError, ImportError) as error:
            raise UserError(
                f"The reader {self.name!r} cannot be loaded. Set ASSISTANT_READER to 'packaged', to 'small', or to the "
                "folder or hub name of an extractive question-answering model."
            ) from error
        if not tokenizer.is_fast:
            raise UserError(f"The reader {self.name!r} has no fast tokenizer, which tells where words stand.")
        return tokenizer, model.eval()

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """One reading a window, in their order."""
        with self._in_use:
            return [self._read(window) for window in windows]

    def _read(self, window: Window) -> WindowReading:
        import torch

        tokenizer, model = self._loaded
        longest = min(MAX_TOKENS, tokenizer.model_max_length)
        encoded = tokenizer(
            window.first,
            window.header + window.text,
            truncation="longest_first",
            max_length=longest,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping")[0].numpy() - len(window.header)
        with torch.no_grad():
            out = model(**encoded)
        start, end = (logits[0].numpy().astype(np.float64) for logits in (out.start_logits, out.end_logits))
        of_passage = np.array([part == 1 for part in encoded.sequence_ids(0)])
        of = np.where(of_passage, sentence_of(offsets, window.sentences), -1)
        best, tokens = best_spans(start, end, of, len(window.sentences))
        spans = tuple((int(offsets[first][0]), int(offsets[last][1])) for first, last in tokens)
        return WindowReading(best, _highest(best), best, spans)


def _highest(logits: Logits) -> float:
    return float(logits.max(initial=-np.inf)) if logits.size else 0.0
