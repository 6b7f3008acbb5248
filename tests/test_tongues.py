"""The languages of questions and of what is found."""

import pytest

from assistant.reading.tongues import language_of, other_tongue
from assistant.types import Passage, Source
from evals.cases import own_cases

ENGLISH = "The clerk keeps the keys of the hall. When it is closed you may ask at the north gate."
GERMAN = (
    "Der Schlüssel liegt beim Hausmeister. Wenn die Halle geschlossen ist, fragen Sie bitte am Nordtor nach."
)


def passages(*texts: str) -> list[Passage]:
    return [Passage(Source(f"{at}.md", "Keys"), 0, len(text), text, 1.0) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was kostet ein Stand?", "de"),
        ("Wer hat die Lizenz erhalten?", "de"),
        ("Le bonnet de bain est-il obligatoire ?", "fr"),
        ("¿Cuántas licencias hay?", "es"),
        ("Chi dirige la società?", "it"),
        ("hvornår åbner svømmehallen", "da"),
        ("Quel est le but du projet ?", "fr"),
        ("Kolik to stojí?", "cs"),
        ("Wer ist CEO von Two Rivers?", "de"),
        ("Who has the keys?", "en"),
        ("SFC fee", None),
        ("Badekappe Pflicht", None),  # too short to tell, and not worth loading anything for
    ],
)
def test_the_language_of_a_question_is_told_where_it_is_sure(question: str, language: str | None) -> None:
    assert language_of(question, enough=1) == language


def test_none_of_our_own_questions_is_taken_for_another_language() -> None:
    assert {language_of(case.question, enough=1) for case in own_cases()} <= {"en", None}


def test_a_question_in_another_language_than_what_was_found_is_told() -> None:
    assert "in German, and what was found is in English" in other_tongue(
        "Wo liegt der Schlüssel, wenn geschlossen ist?", passages(ENGLISH, ENGLISH)
    )
    assert "in English, and what was found is in German" in other_tongue(
        "Who has the keys?", passages(GERMAN)
    )


def test_what_is_found_in_danish_is_not_taken_for_english() -> None:
    danish = (
        "Svømmehallen ligger i byen ved åen. Det er muligt at leje håndklæder, og børn under to år kommer gratis ind. "
        "Her er også en cafe, hvor man kan købe kaffe og kage hver dag mellem klokken ti og fem."
    )
    assert language_of(danish, enough=2) == "da"
    assert "in German, and what was found is in Danish" in other_tongue(
        "Wann öffnet das Schwimmbad?", passages(danish)
    )


@pytest.mark.parametrize("found", [(), (GERMAN, ENGLISH), ("4711 | 12 | A7",)])
def test_nothing_is_told_where_one_passage_is_in_its_language_or_in_none(found: tuple[str, ...]) -> None:
    assert other_tongue("Wo liegt der Schlüssel, wenn geschlossen ist?", passages(*found)) == ""
