"""What the program promises -> tables of what it reaches, each printed by `python -m evals NAME`."""
