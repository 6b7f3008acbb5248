"""Whether the evidence was found: passages are ranked, best first.

Not by ranx or ir-measures: they rank ids, and a quote may be found by two passages together.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from evals.cases import CitedSpan, Corpus, EvalCase, Evidence
from evals.cases.spans import Span, covered, length, sentence_spans, union
from evals.metrics.words import in_words, words

KS = (1, 5, 10)
FOUND_SHARE = 0.8  # the share of a quote's characters that must be retrieved
Row = dict[str, tuple[float, float]]  # metric -> (numerator, denominator) of one case
Spans = dict[str, list[Span]]  # document -> spans that do not overlap


def retrieval_metrics(
    case: EvalCase, passages: Sequence[CitedSpan], corpus: Corpus, *, rank_documents: bool
) -> Row:
    """What applies to the case; `rank_documents`: no case of the set has quotes, so ndcg is measured."""
    row: Row = {}
    if case.evidence:
        ranks = [rank_of(item, passages, corpus) for item in case.evidence]
        row |= {f"hit_rate@{k}": (hit_rate(ranks, k), 1) for k in KS}
        row |= {f"recall@{k}": (recall(ranks, k), 1) for k in KS}
        row["mrr"] = (1 / min(ranks), 1)
        if rank_documents:
            row |= {f"ndcg@{k}": (ndcg(case.evidence, passages, k), 1) for k in (5, 10)}
        elif len(case.quotes) == len(case.evidence):
            row["intact_recall@5"] = (intact_recall(case.evidence, passages[:5], corpus), 1)
            row |= character_metrics(case.evidence, passages[:5], corpus)
    if case.has_short_answers:
        texts = [words(corpus.words(passage)) for passage in passages[: max(KS)]]
        row |= {f"answer_in_top@{k}": (answer_in_top(case, texts[:k]), 1) for k in KS}
    return row


def rank_of(item: Evidence, passages: Sequence[CitedSpan], corpus: Corpus) -> float:
    """The smallest k at which the evidence is found; infinity when it never is."""
    if item.quote is None:
        return next((k for k, name in enumerate(ranked(passages), 1) if name == item.document), math.inf)
    seen: list[Span] = []
    for k, passage in enumerate(passages, 1):
        if passage.document != item.document:
            continue
        seen = union([*seen, corpus.span(passage)])
        if covered(item.span, seen) >= FOUND_SHARE * len(item.quote):
            return k
    return math.inf


def ranked(passages: Iterable[CitedSpan]) -> list[str]:
    """The documents of passages, each at the rank of its first."""
    return list(dict.fromkeys(passage.document for passage in passages))


def hit_rate(ranks: Sequence[float], k: int) -> float:
    """1 when some evidence is among the first k."""
    return float(min(ranks) <= k)


def recall(ranks: Sequence[float], k: int) -> float:
    """The share of the evidence that is among the first k."""
    return sum(rank <= k for rank in ranks) / len(ranks)


def ndcg(evidence: Sequence[Evidence], passages: Sequence[CitedSpan], k: int) -> float:
    """Discounted gain of the first k documents over the best there could be."""
    relevant = {item.document for item in evidence}
    gained = [1 / math.log2(rank + 1) for rank in range(1, k + 1)]
    ideal = sum(gained[: len(relevant)])
    return sum(g for g, name in zip(gained, ranked(passages), strict=False) if name in relevant) / ideal


def intact_recall(evidence: Sequence[Evidence], passages: Sequence[CitedSpan], corpus: Corpus) -> float:
    """The share of the quotes of which every sentence stands whole in one of the passages."""
    return sum(is_intact(item, passages, corpus) for item in evidence) / len(evidence)


def is_intact(item: Evidence, passages: Sequence[CitedSpan], corpus: Corpus) -> bool:
    offset = item.span[0]
    spans = [corpus.span(passage) for passage in passages if passage.document == item.document]
    sentences = [(offset + start, offset + end) for start, end in sentence_spans(item.quote or "")]
    return all(any(a <= start and end <= b for a, b in spans) for start, end in sentences)


def character_metrics(evidence: Sequence[Evidence], passages: Sequence[CitedSpan], corpus: Corpus) -> Row:
    """Characters of the quotes that were retrieved: of all there are, of all retrieved, and of both."""
    wanted = by_document((item.document, item.span) for item in evidence)
    given = by_document((passage.document, corpus.span(passage)) for passage in passages)
    size = sum(length([corpus.span(passage)]) for passage in passages)  # what is sent twice counts twice
    total = sum(map(length, wanted.values()))
    hit = sum(covered(span, given.get(name, [])) for name, spans in wanted.items() for span in spans)
    return {
        "char_recall@5": (hit / total, 1),
        "char_precision@5": (hit / size if size else 0, 1),
        "char_iou@5": (hit / (size + total - hit), 1),
    }


def by_document(spans: Iterable[tuple[str, Span]]) -> Spans:
    found: Spans = defaultdict(list)
    for document, span in spans:
        found[document].append(span)
    return {document: union(each) for document, each in found.items()}


def answer_in_top(case: EvalCase, texts: Sequence[list[str]]) -> bool:
    """Whether the accepted answers (one, or with match "all" each) stand in the words of the passages."""
    combine = all if case.match == "all" else any
    return combine(any(in_words(words(answer), text) for text in texts) for answer in case.answers or ())
