"""Whatever has weights: texts or token ids come in, vectors or scores go out."""
