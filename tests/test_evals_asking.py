"""The town's cases: what they cite is there, and half of them is kept apart."""

from assistant.loading import load, scan
from evals.benchmarks.asking import CASES, CORPUS, table
from evals.cases import read_cases, resolve


def texts() -> dict[str, str]:
    files, _ = scan(CORPUS)
    return {
        document.id: document.text
        for path in files
        for document in load(CORPUS / path, root=CORPUS).documents
    }


def test_each_quote_stands_in_its_document() -> None:
    found = texts()
    assert len(found) > 30
    for case in read_cases(CASES):
        resolve(case, found)


def test_half_of_the_cases_is_kept_apart_by_their_ids() -> None:
    for case in read_cases(CASES):
        half = "test" if sum(case.id.encode()) % 2 == 0 else "dev"
        assert half in case.tags, case.id


def test_the_table_counts_by_kind() -> None:
    rows = table({"list": [True, False], "count": [True]})
    assert rows[2:] == [
        "| list | 1 of 2 | 0.50 | 0.7 |",
        "| count | 1 of 1 | 1.00 | 0.7 |",
        "| all | 2 of 3 | 0.67 | 0.85 |",
    ]
