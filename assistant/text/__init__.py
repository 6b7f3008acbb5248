"""Strings: sentences and words, dates, names, quotations, chunks. Plain functions; nothing here knows of an index."""
