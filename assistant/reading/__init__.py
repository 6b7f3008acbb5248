"""A question and its passages -> how well each sentence answers, and whether any does."""
