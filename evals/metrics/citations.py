"""Whether the right sentences are cited, in the document's own words."""

from collections import Counter
from collections.abc import Iterable, Sequence

from evals.cases import CitedSpan, Corpus, EvalCase, Prediction
from evals.cases.spans import Span, overlap, touching
from evals.metrics.answers import f1
from evals.metrics.retrieval import Row, by_document

Sentence = tuple[str, Span]  # (document, span)


def citation_metrics(case: EvalCase, prediction: Prediction, corpus: Corpus) -> Row:
    citations = prediction.citations or ()
    short = (prediction.short,) if prediction.short else ()
    quotes = (*citations, *short, *(prediction.also or ()))
    row: Row = {"quote_exact": (sum(is_exact(place, corpus) for place in quotes), len(quotes))}
    gold = evidence_of(case, corpus)
    if gold:
        cited = cited_by(citations, corpus)
        both = len(gold & cited)
        row["citation_precision"] = (both / len(cited) if cited else 0, bool(cited))
        row["citation_recall"] = (both / len(gold), 1)
        row["leads_with_evidence"] = (bool(gold & cited_by(citations[:1], corpus)), 1)
        row["citation_f1"] = (f1(both, len(cited), len(gold)), 1)
    return row


def is_exact(place: CitedSpan, corpus: Corpus) -> bool:
    """The quote is the document's text at that span."""
    return corpus.words(place) == place.quote


def evidence_of(case: EvalCase, corpus: Corpus) -> set[Sentence]:
    """The sentences that the case quotes as evidence; empty where it quotes none."""
    return sentences_of(((item.document, item.span) for item in case.quotes), corpus)


def cited_by(places: Iterable[CitedSpan], corpus: Corpus) -> set[Sentence]:
    """The sentences that citations stand for."""
    return sentences_of(((place.document, corpus.span(place)) for place in places), corpus)


def sentences_of(spans: Iterable[tuple[str, Span]], corpus: Corpus) -> set[Sentence]:
    """The sentences that spans stand for."""
    return {
        (document, sentence)
        for document, joined in by_document(spans).items()
        for sentence in sentences_under(joined, corpus.sentences(document))
    }


def sentences_under(spans: Sequence[Span], sentences: Sequence[Span]) -> set[Span]:
    """Those covered by half or more; a span that touches none of them stands for the one it overlaps most."""
    under = [(span, sentence) for span in spans for sentence in touching(span, sentences)]
    characters: Counter[Span] = Counter()
    for span, sentence in under:
        characters[sentence] += overlap(span, sentence)
    chosen = {sentence for sentence, count in characters.items() if 2 * count >= sentence[1] - sentence[0]}
    for span in spans:
        near = touching(span, sentences)
        if near and chosen.isdisjoint(near):
            chosen.add(max(near, key=lambda sentence: overlap(span, sentence)))
    return chosen
