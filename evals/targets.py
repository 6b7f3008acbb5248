"""What each figure should reach; the benchmarks print it, and a test holds the tables of README.md to it."""

OWN = {
    "hit_rate@5": 0.95,
    "first_right": 0.78,
    "right": 0.80,
    "unanswerable_recall": 0.75,
    "abstention_hmean": 0.85,
    "quote_exact": 1.0,
}
# By set of cases and metric.
READING = {
    "own, test": {"first_right": 0.78, "right": 0.80, "answer_precision": 0.70, "abstention_hmean": 0.86},
    "own, what changes over time": {"leads_with_evidence": 0.90},
    "pairs held out of training": {"first_right": 0.82, "abstention_hmean": 0.80},
    "clapnq, own documents": {"citation_f1": 0.66, "abstention_hmean": 0.85},
    "clapnq, pooled": {"abstention_hmean": 0.80},
    "squad2, own documents": {"short_f1": 0.80, "right": 0.85},
    "squad2, pooled": {"abstention_hmean": 0.74, "right": 0.78},
    "realtimeqa, own documents": {"short_em": 0.36},
    "realtimeqa, answer in its documents": {"right": 0.85},
    "realtimeqa, none of the above": {"abstention_hmean": 0.70},
    "ramdocs": {"right": 0.36},
    "rgb, noise": {"right": 0.85},
    "rgb, rejection": {"unanswerable_recall": 0.80},
}
# By pack and metric; "own": our cases that ask about a date, or for the latest.
FINDING = {
    "scifact": {"ndcg@10": 0.74},
    "rageval_finance": {"intact_recall@5": 0.84},
    "chunking": {"char_recall@5": 0.82, "char_iou@5": 0.07},
    "mtrag": {"recall@5": 0.66},
    "realtimeqa": {"answer_in_top@5": 0.60},
    "financebench": {"recall@5": 0.65},
    "own": {"hit_rate@5": 0.97},
}
# The packs of files.
FILES = {"article_extraction": {"shingle_f1": 0.958}, "encodings": {"decoded_right": 0.97}}
# At most: a share of building anew, a multiple of reading the files, and seconds.
REINDEXING = {
    "1% of them changed": 0.05,
    "nothing changed": 2,
    "longest question meanwhile, the switch with it": 0.3,
}
# At most, in the time that pypdfium2, python-docx and openpyxl alone take for the same files.
LOADING = 2
# At most, in the time that the plain way takes.
SPEED = {"passages": 0.6, "answer": 6, "cold ask": 0.3}
# At most: of all answers, and seconds until everybody has seen that the question was taken.
LOAD = {"errors": 0, "taken": 1.0}
# At most, the share of contradicted statements that pass, and of true ones struck; at least, on public claims.
CHECKING: dict[str, dict[str, float]] = {
    "contradicted": {"at most": 0.05},
    "paraphrased": {"at most": 0.08},
    "wice": {"f1": 0.70, "accuracy": 0.78},
    "scifact": {"f1": 0.70, "accuracy": 0.72},
}
