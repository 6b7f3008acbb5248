"""Rows of CSV, TSV and JSON Lines files -> Documents."""
