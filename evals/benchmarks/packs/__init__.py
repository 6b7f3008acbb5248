"""Numbers for the public data packs, which lie outside of the repository: one table line a case file."""
