"""Lists, counts, extremes and sums over rows of one table, items of one list, sections, and documents alike."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.gathering import Gathered, Series, alike, gather, series_of, series_of_documents
from assistant.loading import load
from assistant.loading.layout import Part, laid_out, table
from assistant.question.wholes import find_whole
from assistant.types import Document, Source

FLEET = [
    ["Ferry", "Harbour", "Seats", "Built", "Ticket (EUR)"],
    ["Auk", "North quay", "120", "1998", "4.50"],
    ["Brant", "North quay", "80", "2011", "4.50"],
    ["Curlew", "South quay", "200", "2004", "1,006.00"],
]


def document(*parts: Part, title: str = "Ferries of the bay") -> Document:
    text, blocks = laid_out(parts)
    return Document(Source(title, title), text, blocks=blocks)


def ask(question: str, *documents: Document) -> Gathered | None:
    whole = find_whole(question, today=date(2026, 5, 20))
    series: list[Series] = [series for each in documents for series in series_of(each)]
    return gather(whole, series) if whole else None


def names(found: Gathered | None) -> list[str]:
    assert found
    return [entry.text.split(" | ")[0].split(".")[0] for entry in found.entries]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Which ferries lie at the North quay?", ["Auk", "Brant"]),
        ("List all ferries.", ["Auk", "Brant", "Curlew"]),
        ("Which ferries cost more than 1,000 euros?", ["Curlew"]),
        ("Which ferries have at least 120 seats?", ["Auk", "Curlew"]),
        ("Which harbours are there?", ["Auk", "Curlew"]),  # the first row of each
        ("How many ferries are at the South quay?", ["Curlew"]),
        ("How many North quay ferries are there?", ["Auk", "Brant"]),
        ("How many seats does the Brant have?", ["Brant"]),
        ("Which ferry has the most seats?", ["Curlew"]),
        ("Which is the oldest ferry?", ["Auk"]),
        ("Which ferry is the cheapest?", ["Auk", "Brant"]),
    ],
)
def test_rows_that_have_all_that_is_asked_for_are_gathered(question: str, found: Sequence[str]) -> None:
    assert names(ask(question, document(*table(FLEET)))) == list(found)


def test_what_stands_in_a_column_goes_before_what_stands_beside_all_columns(tmp_path: Path) -> None:
    told = [("North stage", "open to everyone"), ("South stage", "open to everyone")]
    told += [("Open air stage", "closed for repair"), ("River stage", "closed for repair")]
    path = tmp_path / "stages.md"
    path.write_text(
        "# Stages\n\n" + "\n\n".join(f"## {name}\n\nStatus: {state}." for name, state in told), "utf-8"
    )
    found = ask("How many stages are open?", *load(path, root=tmp_path).documents)
    assert found
    assert [entry.text.split("\n")[0] for entry in found.entries] == ["North stage", "South stage"]


@pytest.mark.parametrize("scale", [1, 10_000_000_000])
def test_rows_that_sum_up_others_are_told_apart_however_large_they_are(scale: int) -> None:
    parts = [[scale + 0.1, scale + 0.22, scale + 7.35], [scale + 1.18, scale + 2.07, scale + 0.4]]
    amounts = [amount for part in parts for amount in (*part, sum(part))]
    rows = [["Item", "Paid (EUR)"], *([f"Item {at}", f"{amount:.2f}"] for at, amount in enumerate(amounts))]
    assert ask("What is the total paid for all items?", document(*table(rows))) is None


VISITS = [
    ["School", "Day", "Pupils", "Booked"],
    ["Elm Lane", "12/03/2026", "22", "2 Jan 2026"],
    ["Oakfield", "30/03/2026", "18", "9 Jan 2026"],
    ["St Bride", "04/05/2026", "31", "20 Feb 2026"],
]
LOANS = [
    ["Lent object", "From", "To", "Borrower"],
    ["Clock", "1 March 2026", "31 May 2026", "Town hall"],
    ["Globe", "10 April 2026", "1 July 2026", "Library"],
    ["Map", "3 August 2026", "4 March 2027", "Library"],
]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Which schools have their day in March?", ["Elm Lane", "Oakfield"]),
        ("Which schools have a day after 15 March 2026?", ["Oakfield", "St Bride"]),
        ("Which schools booked between 5 January and 28 February?", ["Oakfield", "St Bride"]),
        ("Which schools booked by 9 January 2026?", ["Elm Lane", "Oakfield"]),
        ("How many schools booked since 5 January 2026?", ["Oakfield", "St Bride"]),
        ("Which schools are there in March?", ["Elm Lane", "Oakfield"]),  # by the column that is called "Day"
        ("Which objects were lent in May 2026?", ["Clock", "Globe"]),
        ("Which objects are lent on 9 April?", ["Clock"]),
    ],
)
def test_rows_are_limited_by_days(question: str, found: Sequence[str]) -> None:
    table_of = VISITS if "school" in question else LOANS
    assert names(ask(question, document(*table(table_of)))) == list(found)


@pytest.mark.parametrize(
    "question",
    [
        "Which objects were lent after 1 May 2026?",  # began, or ended?
        "Which ferries were repainted before 2005?",
    ],
)
def test_nothing_is_limited_by_days_that_cannot_be_told(question: str) -> None:
    tables = [document(*table(rows), title=rows[1][0]) for rows in (FLEET, VISITS, LOANS)]
    assert ask(question, *tables) is None


HELPERS = [
    ["Name", "Area", "Since", "First aider", "Key holder", "Fee (EUR)"],
    ["Asta Brook", "Front desk", "2015", "yes", "yes", "0"],
    ["Coll Dever", "Workshop", "2019", "no", "no", "12"],
    ["Edda Finch", "Archive", "2021", "no", "yes", "8"],
    ["Gregor Hale", "Workshop", "2012", "yes", "no", "0"],
]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Who has not been trained as a first aider?", None),  # "trained" is nowhere
        ("Which helpers aren't first aiders?", ["Coll Dever", "Edda Finch"]),
        ("names of all helpers with a key please", ["Asta Brook", "Edda Finch"]),
        ("How many people work in the workshop?", ["Coll Dever", "Gregor Hale"]),
        ("number of helpers in the archive or at the front desk", ["Asta Brook", "Edda Finch"]),
        ("How many helpers have been here since 2019 or later?", ["Coll Dever", "Edda Finch"]),
        ("Which helpers pay no charge?", None),  # not said of whom
        ("Which helpers are free?", ["Asta Brook", "Gregor Hale"]),
        ("How many helpers do have to pay?", ["Coll Dever", "Edda Finch"]),
        ("Which helper has been here longest?", ["Gregor Hale"]),
        ("Who is the newest helper and where does she work?", ["Edda Finch"]),
        ("How many blue helpers are there?", None),
        ("How much do helpers pay altogether?", ["Asta Brook", "Coll Dever", "Edda Finch", "Gregor Hale"]),
    ],
)
def test_rows_are_meant_by_yes_and_no_by_values_and_by_names(
    question: str, found: Sequence[str] | None
) -> None:
    gathered = ask(question, document(*table(HELPERS), title="Helpers of the museum"))
    assert (names(gathered) if gathered else None) == found


def test_a_word_of_the_title_that_chooses_among_the_rows_too_is_not_added_up() -> None:
    rows = [
        ["Date", "What", "Cost (EUR)"],
        ["3 May 2025", "Showcase 4", "30"],
        ["9 May 2025", "Goods lift", "90"],
    ]
    log = document(*table(rows), title="Repairs of showcases and lifts")
    assert ask("Total spent on showcases", log) is None
    assert names(ask("Total spent on repairs", log)) == ["3 May 2025", "9 May 2025"]


def test_sections_that_are_made_alike_are_what_the_heading_above_calls_them() -> None:
    told = document(
        Part("heading", "Courses in spring", level=1),
        *(
            part
            for name in ("Tai chi", "Baking", "Spanish")
            for part in (
                Part("heading", name, level=2),
                Part("paragraph", f"This course costs 64 pounds. It is led by Lin {name}."),
            )
        ),
        title="Courses in spring",
    )
    found = names(ask("Which courses are there in spring?", told))
    assert [name.split("\n")[0] for name in found] == ["Tai chi", "Baking", "Spanish"]


def test_values_of_one_unit_are_added_up() -> None:
    found = ask("How many seats are there in total?", document(*table(FLEET)))
    assert found
    assert (found.total, [cell.text for cell in found.cells]) == (400, ["120", "80", "200"])
    mixed = [["Item", "Weight"], ["Rope", "3 kg"], ["Chain", "90 g"]]
    assert ask("What is the total weight of all items?", document(*table(mixed))) is None


@pytest.mark.parametrize(
    "question",
    [
        "Which ferries were sold to Oslo?",  # nowhere said
        "Which ferries do not lie at the North quay?",
        "Which buses are there?",
        "Which ferry has the most cabins?",
        "Who is the owner of the Auk?",
        "Which ferry is the longest?",
    ],
)
def test_nothing_is_gathered_where_a_word_of_the_question_is_not_found(question: str) -> None:
    assert ask(question, document(*table(FLEET))) is None


def test_a_row_that_gives_the_total_is_none_of_the_rows() -> None:
    rows = [["Item", "Amount"], ["Rope", "30"], ["Chain", "90"], ["Total", "120"]]
    assert names(ask("How many items are there?", document(*table(rows)))) == ["Rope", "Chain"]


@pytest.mark.parametrize(
    ("rows", "question", "found"),
    [
        # a number that names its row is no amount
        ("Stall|Trader / 1|Ada / 2|Ben / 3|Cy", "How many stalls are there?", ["1", "2", "3"]),
        # several rows are added up only where that is asked
        ("Pool|Lanes / Main|8 / Main|6 / Small|4", "How many lanes has the main pool?", None),
        ("Book|Pages / Maps|150 / Maps|150", "How many pages are there in total?", None),
        # what is counted has to be what the rows are
        ("Task|Who / Bins|Ada / Lamps|Ben", "How many meetings had Ada?", None),
        ("Event|Visitors expected / Fair|300 / Gala|90", "How many visitors are expected?", None),
        ("Month|Cost / May|10 / June|20 / July|5 / Spring|35", "Which month has the highest cost?", None),
        ("Place|Temperature / Tal|-3 / Alm|−12 / See|4", "Which place has the lowest temperature?", ["Alm"]),
        ("River|Salmon / Aa|yes / Bo|no / Cee|yes", "How many rivers have salmon?", ["Aa", "Cee"]),
        ("Dog|State / Rex|vaccinated / Flo|not vaccinated", "How many dogs are vaccinated?", None),
        ("Van|Bought / A|2014 / B|2016", "Which vans were bought before 2016?", ["A"]),
        ("Course|Lessons|Places / Choir|12|30 / Tai chi|8|12", "Which courses have 12 places?", ["Tai chi"]),
        ("Fee|Pounds / A|6 / B|13", "Which fees are more than 5 but less than 9 pounds?", None),
        ("Region|Growth / North|2% / South|3%", "What is the total growth of all regions?", None),
        (
            "Item|Kind|Amount / Fees|Income|90 / Staff|Expense|40",
            "What is the total amount of all items?",
            None,
        ),
        ("Ward|Member since / Abbey|2015 / Quay|2019", "Which ward has the most members?", None),
        (
            "Town|Population 2010|Population 2020 / Au|10|12 / Bad|11|9",
            "Which town has the highest population?",
            None,
        ),
    ],
)
def test_what_is_counted_compared_or_added_up_is_right_or_is_not_done(
    rows: str, question: str, found: list[str] | None
) -> None:
    gathered = ask(question, document(*table([row.split("|") for row in rows.split(" / ")]), title="A town"))
    assert (names(gathered) if gathered else None) == found


def test_a_list_of_what_is_not_allowed_does_not_say_what_is() -> None:
    listed = document(
        Part("paragraph", "These games are not allowed in the hall:"),
        *(Part("item", f"- {name}") for name in ("ball games", "darts")),
    )
    assert ask("Which games are allowed in the hall?", listed) is None


def test_two_tables_of_a_document_that_both_fit_are_not_counted_as_one() -> None:
    ships = [["Ship", "Built"], ["Auk", "1901"], ["Brant", "1999"]]
    both = document(
        *table(ships), Part("heading", "Sold", level=1), *table([["Ship", "Built"], ["Curlew", "2015"]])
    )
    assert ask("How many ships are there?", both) is None


def test_items_of_a_list_are_gathered_by_the_sentence_that_opens_it_and_sections_by_their_labels() -> None:
    listed = document(
        Part("paragraph", "The yard keeps two tools. Only these suppliers may be used."),
        *(Part("item", f"- {name} delivers daily.") for name in ("Alder", "Birch", "Cedar")),
        title="The yard",
    )
    assert names(ask("List all suppliers.", listed)) == [
        "Alder delivers daily",
        "Birch delivers daily",
        "Cedar delivers daily",
    ]
    assert ask("Which tools are there?", listed) is None
    works = document(
        *(
            part
            for name, state in (("Gate", "open"), ("Roof", "closed"), ("Mast", "open"))
            for part in (
                Part("heading", name, level=2),
                Part("paragraph", f"Status: {state}. Leader: Ada Bloom."),
            )
        ),
        title="Register of projects",
    )
    assert names(ask("Which projects are open?", works)) == [
        "Gate\n\nStatus: open",
        "Mast\n\nStatus: open",
    ]
    assert names(ask("How many projects are led by Ada Bloom?", works)) != []


def test_paragraphs_that_begin_with_what_is_asked_for_are_listed_and_never_counted() -> None:
    told = document(
        *(
            Part("paragraph", f"The {name} walk takes a day. It is dry.")
            for name in ("cliff", "moor", "red fen")
        ),
        Part("paragraph", "All walks are free."),
        title="Walks in 2026",
    )
    assert len(names(ask("Which walks are there in 2026?", told))) == 3
    assert ask("How many walks are there?", told) is None
    assert ask("Which buses are there?", told) is None


def test_documents_whose_titles_differ_in_one_word_are_a_series() -> None:
    told = {"Tern": "12", "Gull": "30", "Knot": "21"}
    boats = {
        title: document(
            Part("paragraph", f"The {name} was built in 20{seats}. She carries {seats} guests."), title=title
        )
        for name, seats in told.items()
        for title in (f"The motor boat {name}",)
    }
    sources = [*(each.source for each in boats.values()), Source("x", "The old motor works")]
    ((shared, ids),) = alike(sources, ["boat"])
    series = series_of_documents([boats[id] for id in ids], shared)
    for question, name in (
        ("Which boat carries the most guests?", "Gull"),
        ("Which is the oldest boat?", "Tern"),
    ):
        whole = find_whole(question, today=date(2026, 5, 20))
        found = whole and gather(whole, [series])
        assert found
        assert [entry.document.id for entry in found.entries] == [f"The motor boat {name}"]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many rooms are there?", "count"),
        ("Name all the rooms", "list"),
        ("What are the rooms?", "list"),
        ("What is the total rent of all rooms?", "sum"),
        ("Which room is the cheapest?", "least"),
        ("What does the room cost?", None),
        ("Which rooms are never let?", "list"),
        ("When was the room let?", None),
    ],
)
def test_what_is_asked_of_all_is_told_by_its_words(question: str, kind: str | None) -> None:
    whole = find_whole(question, today=date(2026, 5, 20))
    assert (whole.kind if whole else None) == kind
