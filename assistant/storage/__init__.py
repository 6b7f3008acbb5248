"""What an index keeps: catalog, vectors, keywords, cached vectors, and the generations they make up."""
