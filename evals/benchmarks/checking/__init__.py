"""Statements of which it is known whether what they cite supports them, and what the check says of them."""
