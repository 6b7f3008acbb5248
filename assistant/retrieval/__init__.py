"""A question that was made ready, and a generation -> the passages that come nearest."""
