"""The page and its service: requests come in, HTML goes out."""
