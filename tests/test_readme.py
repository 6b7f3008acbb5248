"""What the README says of the files is true."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def mapped() -> set[str]:
    """The names in the map's `assistant/` part."""
    block = README.split("assistant/\n", 1)[1].split("evals/", 1)[0]
    return {match[1] for match in re.finditer(r"(?m)^  (\S+) ", block)}


def test_every_module_is_on_the_map_and_every_name_on_it_exists() -> None:
    package = ROOT / "assistant"
    there = {path.name for path in package.glob("*.py")} - {"__init__.py"}
    there |= {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()}
    assert mapped() == there


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 200


def test_every_file_that_is_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_constant_that_the_readme_says_to_change_is_where_it_says() -> None:
    rows = re.findall(r"`([A-Z_]+)` in `([\w/]+\.py)`", README)
    assert rows
    for name, module in rows:
        assert re.search(rf"(?m)^{name} = ", (ROOT / "assistant" / module).read_text("utf-8")), name


def test_every_test_that_a_promise_names_exists() -> None:
    text = README + (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+\.py)`(?:: ([\w ,'’]+))?", text)
    assert len(named) > 20
    for file, words in named:
        tests = re.findall(r"def (test_\w+)", (ROOT / "tests" / file).read_text("utf-8"))
        for name in filter(None, words.strip().split(", ")):
            assert any(re.sub(r"\W+", "_", name) in test for test in tests), (file, name)
