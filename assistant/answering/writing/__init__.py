"""With a chat model: what it is told, and what is made of its reply."""
