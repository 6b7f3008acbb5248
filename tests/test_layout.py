"""Parts -> a text and its blocks."""

from assistant.loading.layout import Part, laid_out, row


def test_the_text_of_each_block_is_its_part() -> None:
    parts = [
        Part("heading", "Fees", level=1),
        Part("item", "One"),
        Part("item", "Two", level=1),
        Part("note", "Not now."),
    ]
    text, blocks = laid_out(parts)
    assert text == "Fees\n\nOne\nTwo\n\nNot now."
    assert [(b.kind, text[b.start : b.end], b.level) for b in blocks] == [
        ("heading", "Fees", 1),
        ("item", "One", 0),
        ("item", "Two", 1),
        ("note", "Not now.", 0),
    ]


def test_a_row_knows_what_its_columns_are_called_where_a_cell_is_empty_too() -> None:
    text, (_, second) = laid_out(
        [Part("paragraph", "Above"), row(["Gold", "", "96"], ["Plan", "Fee", "Deposit"])]
    )
    assert text == "Above\n\nGold | 96"
    assert [(text[at:], name) for at, name in second.columns] == [("Gold | 96", "Plan"), ("96", "Deposit")]


def test_a_note_may_stand_before_the_part_that_refers_to_it() -> None:
    _, (note, last) = laid_out([Part("note", "Said of two.", hangs_on=-1), Part("paragraph", "Two.")])
    assert note.hangs_on == last.start


def test_a_note_hangs_on_its_part_and_empty_parts_are_left_out() -> None:
    parts = [Part("paragraph", "One."), Part("paragraph", " "), Part("note", "Said of one.", hangs_on=2)]
    text, (first, note) = laid_out(parts)
    assert text == "One.\n\nSaid of one."
    assert note.hangs_on == first.start
