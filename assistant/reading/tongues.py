"""The languages of a question and of what was found, where they are not the same: the models know English best."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from assistant.types import Passage

NAMES = {
    "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "sv": "Swedish", "tr": "Turkish", "vi": "Vietnamese",
}  # fmt: skip
SURE = 0.8  # from there on not one of 2,826 questions in English was taken for another language
LOOKED_AT = 3  # passages
FEWEST_WORDS = 3  # of fewer no language can be told
ENGLISH = frozenset("the what which who how when where why does did".split())  # small words of English alone


def other_tongue(question: str, passages: Sequence[Passage]) -> str:
    """A sentence to the user where the question is in another language than each of the best passages; else ""."""
    asked = language_of(question, enough=1)
    found = [language_of(passage.text, enough=2) for passage in passages[:LOOKED_AT]]
    if asked is None or not found or None in found or asked in found:
        return ""
    named = " and ".join(dict.fromkeys(NAMES[each] for each in found if each))
    return (
        f"The question is in {NAMES[asked]}, and what was found is in {named}: better ask in that language, for the "
        "reader compares words and meaning within one language."
    )


def language_of(text: str, *, enough: int) -> str | None:
    """The ISO 639-1 code of a text in Latin script; None where it is not sure. `enough`: small words of English."""
    if sum(word in ENGLISH for word in text.lower().split()) >= enough:
        return "en"
    if len(text.split()) < FEWEST_WORDS:
        return None
    code, probability = _identifier().classify(text)
    return code if probability >= SURE else None


@cache
def _identifier() -> Any:
    """py3langid's, over these languages; it takes half a second to load, and most questions need it not."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages(list(NAMES))
    return made
