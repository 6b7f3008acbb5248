"""Excel files -> Documents."""
