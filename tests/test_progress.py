import pytest

from assistant.indexing import progress
from assistant.indexing.progress import Progress, Steps, in_words


def test_progress_is_told_with_the_time_left_and_what_is_slow() -> None:
    told = str(Progress("Reading files", 3, 1_200, 90.0, "a.pdf has taken 12 s"))
    assert told == "Reading files 3 of 1,200, 2 min left; a.pdf has taken 12 s"
    assert str(Progress("Storing", 0, 1)) == "Storing"


@pytest.mark.parametrize(("seconds", "words"), [(4.4, "4 s"), (200, "3 min"), (4_900, "1 h 21 min")])
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_the_time_left_is_told_by_the_pace_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.0, 110.0, 120.0, 200.0, 200.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    seen: list[Progress] = []
    steps = Steps(seen.append)
    steps("Embedding passages", 0, 10)
    steps("Embedding passages", 5, 10)
    steps("Embedding passages", 6, 10, share=0.8)  # those that are left are short
    steps("Storing", 0, 1)
    assert [now.seconds_left for now in seen] == [None, 10.0, 5.0, None]


def test_no_time_left_is_told_while_one_file_takes_long() -> None:
    seen: list[Progress] = []
    steps = Steps(seen.append)
    steps("Reading files", 3, 4)
    steps("Reading files", 3, 4, slow="huge.txt has taken 57 s")
    assert [now.seconds_left is None for now in seen] == [False, True]
    assert str(seen[-1]) == "Reading files 3 of 4; huge.txt has taken 57 s"
