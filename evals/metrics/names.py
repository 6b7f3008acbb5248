"""Every metric in the order it is shown, with one sentence that says what it is."""

GROUPS: dict[str, dict[str, str]] = {
    "Overall": {
        "right_overall": "right, or silent where there is no answer",
        "wrong_overall": "answered wrongly, or at all where there is no answer; a failure is wrong too",
    },
    "Finding": {
        "hit_rate@1": "some evidence is found with the first passage",
        "hit_rate@5": "some evidence is found in the first 5 passages",
        "hit_rate@10": "some evidence is found in the first 10 passages",
        "recall@1": "share of the evidence found with the first passage",
        "recall@5": "share of the evidence found in the first 5 passages",
        "recall@10": "share of the evidence found in the first 10 passages",
        "mrr": "1 / the rank at which some evidence is found",
        "ndcg@5": "relevant documents near the top of the first 5",
        "ndcg@10": "relevant documents near the top of the first 10",
        "intact_recall@5": "share of the quotes whose every sentence is whole in one of 5 passages",
        "char_recall@5": "share of the quotes' characters in the first 5 passages",
        "char_precision@5": "share of the first 5 passages that is quotes",
        "char_iou@5": "quotes retrieved over quotes and passages together",
        "answer_in_top@1": "the answer stands in the first passage, word for word",
        "answer_in_top@5": "the answer stands in the first 5 passages, word for word",
        "answer_in_top@10": "the answer stands in the first 10 passages, word for word",
    },
    "Answering": {
        "first_right": "the first statement or the short answer holds an accepted answer and no wrong one; with match "
        '"all" one of them is enough',
        "right": "the short answer and the statements shown, three at most, hold the accepted answer (with match "
        '"all" every one) and no wrong one',
        "also_right@5": "right, or the first 5 further quotes hold the accepted answer",
        "short_em": "the short answer is the accepted one and nothing else",
        "short_f1": "words that the short answer shares with the best accepted one",
        "answer_precision": "share of the statements shown to answerable questions that are evidence or hold an "
        "accepted answer",
        "contains": "the accepted answer is given, and no wrong one",
        "exact_match": "the answer is the accepted one and nothing else",
        "token_f1": "words shared with the best accepted answer",
        "rouge_l": "longest common subsequence with the best accepted answer",
        "accuracy_overall": "contains, or a right abstention",
        "exact_match_overall": "exact match, or a right abstention",
        "token_f1_overall": "shared words, or a right abstention",
        "accuracy_given_attempted": "contains, over what was not abstained on",
    },
    "Abstaining": {
        "unanswerable_recall": "share of the unanswerable that were abstained on",
        "answerable_coverage": "share of the answerable that were answered",
        "abstention_hmean": "harmonic mean of these two",
    },
    "Citing": {
        "citation_precision": "share of the cited sentences that are evidence",
        "citation_recall": "share of the evidence's sentences that are cited",
        "citation_f1": "both, case by case",
        "leads_with_evidence": "the first sentence of the answer is evidence; an abstention is not",
        "quote_exact": "quotes (cited, short and further ones) that are the document's own text",
    },
}
OPINION = "judge_right"  # made only where a judge is named, and no gate takes it
GROUPS["Judging"] = {OPINION: "a chat model says that the answer says what an accepted one says"}
# What a group comes down to: the metrics shown of it while it is folded.
LEADING = {
    "Finding": ("hit_rate@5", "recall@5", "mrr", "ndcg@10"),
    "Answering": ("first_right", "right", "answer_precision", "short_f1"),
    "Abstaining": ("unanswerable_recall", "answerable_coverage", "abstention_hmean"),
    "Citing": ("quote_exact", "citation_precision", "citation_recall"),
    "Judging": (OPINION,),
}
LOWER_IS_BETTER = frozenset({"wrong_overall"})
ORDER = {name: place for place, name in enumerate(name for group in GROUPS.values() for name in group)}
