"""Blocks of texts whose format tells none apart."""

from assistant.loading.plain import plain_blocks


def test_a_heading_is_a_short_line_without_a_stop_above_a_line_that_has_one() -> None:
    prose = "The harbour was closed for most of the year, and then it opened again."
    lines = [
        "How it went",
        "Who runs it? Nobody does",
        "Who runs it?",
        "Capital: 25 million",
        "It was so. She left",
        "- An item",
    ]
    text = "\n\n".join(f"{line}\n\n{prose}" for line in lines)
    found = [text[block.start : block.end] for block in plain_blocks(text) if block.kind == "heading"]
    assert found == ["How it went", "Who runs it? Nobody does", "Who runs it?"]


def test_each_line_is_a_block() -> None:
    text = "Two firms left:\n- Alpha, in May;\n 2) Beta.\n\nFirm | Left\n"
    found = [(block.kind, text[block.start : block.end]) for block in plain_blocks(text)]
    assert found == [
        ("paragraph", "Two firms left:"),
        ("item", "- Alpha, in May;"),
        ("item", " 2) Beta."),
        ("row", "Firm | Left"),
    ]
