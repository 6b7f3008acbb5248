"""PowerPoint: slides, and what stands on them."""
