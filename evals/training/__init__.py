"""Training sets, and cases of ours -> the files of weights that the assistant reads by."""
