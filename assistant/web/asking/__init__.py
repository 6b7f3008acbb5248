"""Conversations on the server: what is asked, whose turn it is, what is kept."""
