"""A Word file -> a Document: its XML as Word shows it, notes and numbers included."""
