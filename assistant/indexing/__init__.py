"""A folder of files -> a new generation of the index; and its upkeep."""
