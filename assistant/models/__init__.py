"""Whatever has weights: texts or token ids come in, vectors or scores go out."""

from assistant.models.cross_encoder import Window, WindowReading, packaged_cross_encoder
from assistant.models.embedder import load_embedder

__all__ = ["Window", "WindowReading", "load_embedder", "packaged_cross_encoder"]
