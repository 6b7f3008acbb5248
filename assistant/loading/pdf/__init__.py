"""PDF -> Document: its lines, its paragraphs, and the words of pages that are images."""
