from pathlib import Path

import pytest

from assistant.indexing.pipeline import build
from assistant.indexing.report import BuildReport
from assistant.text.near_duplicates import HASHES, groups, sketch
from tests.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("read_here")

REPORT = [
    f"On day {day} the ferry of Linden carried {31 * day % 97} people and {day * 7} crates."
    for day in range(30)
]
OTHER = [f"The mill at Oakham ground {number} sacks of rye for {number % 11} bakers." for number in range(30)]


def text(*sentences: str) -> str:
    return " ".join(sentences)


def test_a_report_under_another_first_and_last_sentence_is_a_near_duplicate() -> None:
    syndicated = text("By our correspondent.", *REPORT[1:-1], "Reporting by the River Post.")
    half = text(*REPORT[:15], *OTHER[15:])
    sketches = [sketch(part) for part in (text(*OTHER), text(*REPORT), half, syndicated)]
    assert groups(sketches) == [[1, 3]]


def test_chinese_is_compared_by_characters() -> None:
    one = "香港金融管理局今日公布穩定幣發行人牌照申請結果並表示首批牌照將於年內發出" * 2
    corrected = one.replace("年內", "明年", 1)
    other = "證監會今日公布虛擬資產交易平台名單並提醒投資者留意未獲發牌平台的風險及相關安排"
    assert groups([sketch(part) for part in (one, other, corrected)]) == [[0, 2]]


def test_documents_each_like_the_next_are_one_group_however_many() -> None:
    versions = [text(*REPORT[: 25 - at], *OTHER[25 - at : 25]) for at in range(6)]
    assert groups([sketch(version) for version in versions]) == [[0, 1, 2, 3, 4, 5]]
    many = [text(*REPORT, f"Copy {number}.") for number in range(500)]
    assert groups([sketch(copy) for copy in many]) == [list(range(500))]


def test_texts_without_words_and_short_ones_are_no_trouble() -> None:
    assert groups([]) == groups([sketch("")]) == groups([sketch("—"), sketch("…")]) == []
    assert groups([sketch("The mill."), sketch(""), sketch("A mill."), sketch("\ud800 \x00 one mill")]) == []
    assert groups([sketch("The mill"), sketch(""), sketch("The  mill!")]) == [[0, 2]]


def test_a_sketch_is_the_same_everywhere() -> None:
    """It is kept in the catalog: where this fails, another INDEX_FORMAT is due."""
    assert sketch("The stone bridge at Linden, 香港.")[:8].hex() == "87504c9d71d123c4"
    assert len(sketch(text(*REPORT * 100))) == HASHES


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def told(notes: Path, index: Path, embedder: WordEmbedder) -> tuple[BuildReport, list[list[str]]]:
    report = build(notes, index, embedder=embedder)
    return report, [list(group) for group in report.holdings.near_duplicates]


def test_a_first_build_tells_all_and_a_later_one_those_of_what_came(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    for number in range(9):
        (notes / f"wire{number}.txt").write_text(f"Wire {number} says {number**5} of {number**7}.", "utf-8")
    (notes / "mill.txt").write_text(text(*OTHER), "utf-8")
    (notes / "mill-again.txt").write_text(text(*OTHER, "Corrected."), "utf-8")
    (notes / "report.txt").write_text(text(*REPORT), "utf-8")
    report, groups = told(notes, index, words_embedder)
    assert groups == [["mill-again.txt", "mill.txt"]]
    assert report.to_json()["documents"]["near_duplicates"] == report.holdings.near_duplicates
    assert "1 group of documents nearly the same: mill-again.txt and mill.txt" in report.remarks
    (notes / "a-copy.txt").write_text(text("From the River Post.", *REPORT), "utf-8")
    assert told(notes, index, words_embedder)[1] == [["a-copy.txt", "report.txt"]]
    (notes / "wire1.txt").write_text("Another wire.", "utf-8")
    assert told(notes, index, words_embedder)[1] == []
    (notes / "wire1.txt").write_text(text(*REPORT, "The end."), "utf-8")
    assert told(notes, index, words_embedder)[1] == [["a-copy.txt", "report.txt", "wire1.txt"]]


def test_of_documents_of_one_text_one_is_named(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    for name in ("a.txt", "b.txt"):
        (notes / name).write_text(text(*REPORT), "utf-8")
    report, groups = told(notes, index, words_embedder)
    assert (report.holdings.same_texts, groups) == ((("a.txt", "b.txt"),), [])
    (notes / "c.txt").write_text(text(*REPORT, "Corrected."), "utf-8")
    assert told(notes, index, words_embedder)[1] == [["a.txt", "c.txt"]]


def test_nothing_is_compared_when_nothing_changed(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(notes, index, embedder=words_embedder)
    monkeypatch.delattr("assistant.indexing.report.groups")
    monkeypatch.delattr("assistant.storage.catalog_writer.sketch")
    assert build(notes, index, embedder=words_embedder).holdings.near_duplicates == ()


def test_only_what_changed_is_sketched(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        (notes / f"wire{number}.txt").write_text(f"Wire {number}.", "utf-8")
    build(notes, index, embedder=words_embedder)
    sketched: list[str] = []
    monkeypatch.setattr(
        "assistant.storage.catalog_writer.sketch", lambda text: sketched.append(text) or sketch(text)
    )
    (notes / "wire1.txt").write_text("Another wire.", "utf-8")
    build(notes, index, embedder=words_embedder)
    assert sketched == ["Another wire."]
