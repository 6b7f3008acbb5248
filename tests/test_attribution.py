import random

import pytest

from assistant.answering.attribution import Attribution, attribute
from evals.benchmarks.attribution import LABELLED, read, score


def said(text: str, sentence: str | None = None) -> Attribution:
    """Who is said to speak in one sentence of the text, the last one unless it is named."""
    start = text.index(sentence) if sentence else text.rfind(". ", 0, -1) + 2 if ". " in text[:-1] else 0
    return attribute(text, (start, start + len(sentence) if sentence else len(text)))


@pytest.mark.parametrize(
    ("text", "speaker", "reported_via"),
    [
        ("Ada Bloom, mayor of Linden, said that the bridge is safe.", "Ada Bloom", None),
        ("The Harbour Office (HO) told boat owners that fees would rise.", "The Harbour Office", None),
        ("The bridge is safe, said Ada Bloom on Monday.", "Ada Bloom", None),
        ("According to Ada Bloom, the bridge is safe.", "Ada Bloom", None),
        ("Ada Bloom is the mayor. She said that the bridge is safe.", "Ada Bloom", None),
        ("Ada Bloom told reporters it was safe. “Nobody has to worry.”", "Ada Bloom", None),
        ("The bridge is safe, the Linden Herald reports.", None, "the Linden Herald"),
        ("Ada Bloom said so in remarks carried by Radio Linden.", "Ada Bloom", "Radio Linden"),
        ("Ada Bloom told Reuters that the bridge is safe.", "Ada Bloom", "Reuters"),
        ("The plan was approved, as reported by Northern Line.", None, "Northern Line"),
        ("Nick Chan spoke. Ada Bloom has welcomed it; the bridge, she said, is safe.", "Ada Bloom", None),
        ("A lawmaker expects that one licence will be granted.", "A lawmaker", None),
        ("The bridge was opened in 1888 by the king.", None, None),
        ("Linden has added two boats to its fleet.", None, None),
        ("The office is said to have closed the bridge.", None, None),
        ("Two promises concern the harbour.", None, None),
        ("", None, None),
    ],
)
def test_who_speaks_and_through_whom(text: str, speaker: str | None, reported_via: str | None) -> None:
    assert said(text) == Attribution(speaker, reported_via)


PARTS = ["Ada Bloom", "the Linden Herald", "She", "said", "told", "according to", "reported by", "that", "the bridge",
         "is safe", ",", ".", "“", "”", "'", "\n", "(SFC)", "香港"]  # fmt: skip


def test_what_is_named_stands_in_the_text() -> None:
    generator, named = random.Random(0), 0
    for _ in range(300):
        text = " ".join(generator.choices(PARTS, k=generator.randint(1, 30)))
        found = attribute(text, (len(text) // 2, len(text)))
        for name in filter(None, (found.speaker, found.reported_via)):
            assert name in text
            named += 1
    assert named > 50


def test_the_labelled_sentences_are_attributed_with_precision() -> None:
    rows = read(LABELLED)
    speaker, reported_via, _ = score(rows)
    assert len(rows) >= 150
    assert speaker.right >= 0.9 * speaker.given
    assert reported_via.right >= 0.9 * reported_via.given
    assert speaker.right >= 0.5 * speaker.labelled
