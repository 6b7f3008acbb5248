"""Word, Excel and PowerPoint files -> Documents."""
