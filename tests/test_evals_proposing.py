"""Cases proposed from documents by templates: each is answered where it says, and no near miss is."""

from datetime import date

import pytest

from assistant.answering import attribute
from assistant.types import Block, Document, Source
from evals.cases import EvalCase, resolve
from evals.making import SYNTHETIC, Coverage, propose
from evals.runs import Result
from evals.runs.tables import summary


def document(id: str, text: str, *blocks: Block, published: date | None = None) -> Document:
    paragraph = (Block(0, len(text), "paragraph"),)
    return Document(
        Source(id, id.title(), f"{id} press", published=published), text, blocks=blocks or paragraph
    )


def table(id: str, *rows: str) -> Document:
    """Rows below a header, as loaders give them."""
    header, text, blocks = rows[0].split(" | "), "\n".join(rows), []
    start = 0
    for number, row in enumerate(rows):
        cells, columns = start, []
        for name, cell in zip(header, row.split(" | "), strict=True):
            columns.append((cells, name))
            cells += len(cell) + 3
        blocks.append(Block(start, start + len(row), "row", columns=tuple(columns) if number else ()))
        start += len(row) + 1
    return document(id, text, *blocks)


DOCUMENTS = [
    document(
        "bank",
        "Ada Bloom, who runs it, said that Linden Works was late. Ben Fox said nothing. "
        "By 3 May 2024 the bank had 1,200 members, of whom many came 3 times.",
        published=date(2024, 5, 4),
    ),
    document(
        "mill", "Carl Dunn told the council that River Post was wrong. On 9 June 2025 there were 31 workers."
    ),
    table("fares", "Day | Fare | Seats", "1 May 2020 | two crowns | 40", "2 May 2020 | nine crowns | 41"),
    table("ships", "Year | Built", "1888 | stone bridge", "1999 | not in our source"),
]


@pytest.fixture(scope="module")
def cases() -> list[EvalCase]:
    return propose(DOCUMENTS, lambda text, span: attribute(text, span).speaker)


def of(cases: list[EvalCase], template: str, *, answerable: bool = True) -> dict[str, tuple[str, ...] | None]:
    return {c.question: c.answers for c in cases if template in c.tags and c.answerable is answerable}


def test_a_cell_is_asked_for_by_its_column_and_its_row(cases: list[EvalCase]) -> None:
    rows = of(cases, "table_row")
    assert rows["In the table, what stands under “Fare” for 2 May 2020?"] == ("nine crowns",)
    assert rows["In the table, what stands under “Built” for 1888?"] == ("stone bridge",)
    assert len(rows) == 5  # "not in our source" is no answer


def test_what_somebody_said_of_somebody_is_asked_for(cases: list[EvalCase]) -> None:
    assert of(cases, "said") == {
        "What did Ada Bloom say about Linden Works?": None,
        "What did Carl Dunn say about River Post?": None,
    }


def test_a_number_is_asked_for_by_its_day(cases: list[EvalCase]) -> None:
    assert of(cases, "dated_number") == {
        "How many members are told of for 3 May 2024?": ("1,200",),
        "How many workers are told of for 9 June 2025?": ("31",),
    }


def test_the_day_of_publication_is_asked_for(cases: list[EvalCase]) -> None:
    assert of(cases, "title") == {"When was “Bank” published?": ("4 May 2024", "2024-05-04")}


def test_near_misses_are_about_another_and_stand_in_no_document(cases: list[EvalCase]) -> None:
    misses = of(cases, "said", answerable=False)
    assert misses == {
        "What did Carl Dunn say about Linden Works?": None,
        "What did Ada Bloom say about River Post?": None,
    }
    assert of(cases, "table_row", answerable=False)
    assert all("near_miss" in case.tags for case in cases if not case.answerable)


def test_all_are_marked_as_synthetic_found_in_their_documents_and_of_their_own_ids(
    cases: list[EvalCase],
) -> None:
    texts = {each.id: each.text for each in DOCUMENTS}
    assert all(SYNTHETIC in resolve(case, texts).tags for case in cases)
    assert len({case.id for case in cases}) == len(cases)


def test_what_two_documents_answer_is_not_asked() -> None:
    twice = [table("a", "Day | Fare", "1 May | 2 crowns"), table("b", "Day | Fare", "1 May | 3 crowns")]
    assert propose(twice, lambda text, span: None) == []


def test_coverage_is_told(cases: list[EvalCase]) -> None:
    covered = Coverage.of(cases, DOCUMENTS)
    assert (covered.documents, covered.publishers, covered.years) == ((4, 4), (4, 4), (1, 1))
    assert Coverage.of([], DOCUMENTS).documents == (0, 4)


def test_a_set_that_has_synthetic_cases_says_so(cases: list[EvalCase]) -> None:
    mixed = Result("mixed", [*cases[:2], EvalCase("own", "?")], {}, [], [])
    assert "3 cases, 2 of them synthetic" in summary(mixed)
