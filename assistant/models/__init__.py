"""Whatever has weights: texts or token ids come in, vectors or scores go out."""

from assistant.models.cross_encoder import Window, WindowReading, base_cross_encoder, small_cross_encoder
from assistant.models.embedder import load_embedder
from assistant.models.encoder import is_common_word
from assistant.models.question_answerer import QuestionAnswerer

__all__ = [
    "QuestionAnswerer", "Window", "WindowReading", "base_cross_encoder", "is_common_word", "load_embedder",
    "small_cross_encoder",
]  # fmt: skip
