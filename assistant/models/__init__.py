"""Whatever has weights: texts or token ids come in, vectors or scores go out."""

from assistant.models.checker import SupportScore, Verdict, load_support_score
from assistant.models.cross_encoder import Window, WindowReading, base_cross_encoder, small_cross_encoder
from assistant.models.embedder import load_embedder
from assistant.models.encoder import is_common_word
from assistant.models.question_answerer import QuestionAnswerer

__all__ = [
    "QuestionAnswerer", "SupportScore", "Verdict", "Window", "WindowReading", "base_cross_encoder", "is_common_word",
    "load_embedder", "load_support_score", "small_cross_encoder",
]  # fmt: skip
