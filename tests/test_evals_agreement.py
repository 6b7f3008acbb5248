"""The metrics against the public packs' own scorer, for systems right, wrong and silent by turns."""

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Corpus, EvalCase, Evidence, pack_name, read_cases, read_predictions, resolve
from evals.cases.spans import sentence_spans
from evals.metrics import score_cases, words
from evals.runs import Result, compare

DATA = Path(__file__).parents[2] / "shared" / "data"
SCORER = DATA / "score.py"
needs_packs = pytest.mark.skipif(
    not SCORER.is_file(), reason="the public packs are not beside the repository (../shared/data)"
)
OURS = {"leads_with_evidence", "right_overall", "wrong_overall"}
CASE_FILES = [
    "clapnq/cases.jsonl",
    "squad2/cases.jsonl",
    "squad2/cases_own_docs.jsonl",
    "chunking/cases.jsonl",
    "financebench/cases.jsonl",
    "rageval_finance/cases.jsonl",
    "mtrag/cases.jsonl",
    "scifact/cases.jsonl",
    "ramdocs/cases.jsonl",
    "rgb/cases_noise.jsonl",
    "rgb/cases_rejection.jsonl",
    "rgb/cases_counterfactual.jsonl",
    "realtimeqa/cases_nota.jsonl",
]

texts = st.text(alphabet="aAb1 .!?\n\t\"'”’)](“[`\u00a0\u2028é", max_size=60)


@pytest.fixture(scope="module")
def scorer() -> Any:
    spec = importlib.util.spec_from_file_location("packs_scorer", SCORER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_packs
@given(text=texts)
def test_sentences_are_those_of_the_packs_scorer(scorer: Any, text: str) -> None:
    assert sentence_spans(text) == scorer.sentence_spans(text)


@needs_packs
@given(text=st.text(max_size=40))
def test_words_are_those_of_the_packs_scorer(scorer: Any, text: str) -> None:
    assert words(text) == scorer.words(text)


@needs_packs
@pytest.mark.parametrize("name", CASE_FILES)
def test_every_metric_agrees_with_the_packs_scorer(name: str, tmp_path: Path) -> None:
    predictions = tmp_path / "predictions.jsonl"
    corpus, cases = pack(name)
    write(predictions, imagined(cases, corpus, seed=1))
    result = Result.of(pack_name([DATA / name]), cases, read_predictions(predictions), corpus)
    assert shared(result) == official(name, predictions)


@needs_packs
@pytest.mark.parametrize("kept", [("answer", "abstained"), ("passages",), ("citations", "seconds")])
def test_fields_that_no_prediction_has_are_not_measured(kept: tuple[str, ...], tmp_path: Path) -> None:
    predictions, name = tmp_path / "predictions.jsonl", "rageval_finance/cases.jsonl"
    corpus, cases = pack(name)
    rows = imagined(cases, corpus, seed=2)
    write(predictions, [{key: row[key] for key in ("id", *kept)} for row in rows])
    result = Result.of("rageval_finance", cases, read_predictions(predictions), corpus)
    assert shared(result) == official(name, predictions)


@needs_packs
def test_differences_agree_with_the_packs_scorer(tmp_path: Path) -> None:
    name, paths = "squad2/cases.jsonl", [tmp_path / "one.jsonl", tmp_path / "other.jsonl"]
    corpus, cases = pack(name)
    for seed, path in enumerate(paths):
        write(path, imagined(cases, corpus, seed=seed))
    rows = [score_cases(cases, read_predictions(path), corpus) for path in paths]
    found = compare(*rows)
    theirs = official(name, paths[0], "--vs", str(paths[1]), "--samples", "300")["metrics"]
    assert found.keys() - OURS == theirs.keys()
    for metric, comparison in ((metric, found[metric]) for metric in theirs):
        assert round(comparison.difference, 4) == theirs[metric]["difference"]
        assert round(comparison.other, 4) == theirs[metric]["other"]
        assert comparison.low == pytest.approx(theirs[metric]["low"], abs=0.03)
        assert comparison.high == pytest.approx(theirs[metric]["high"], abs=0.03)


def shared(result: Result) -> dict[str, Any]:
    """The result without what only we measure."""
    found = result.to_json()
    return found | {"metrics": {name: m for name, m in found["metrics"].items() if name not in OURS}}


def official(name: str, predictions: Path, *options: str) -> dict[str, Any]:
    folder, file = (DATA / name).parent, Path(name).name
    command = [sys.executable, str(SCORER), str(folder), str(predictions), "--cases", file, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def pack(name: str) -> tuple[Corpus, list[EvalCase]]:
    lines = (DATA / name).with_name("corpus.jsonl").read_text("utf-8").split("\n")
    corpus = Corpus({row["id"]: row["text"] for row in map(json.loads, filter(None, lines))})
    return corpus, [resolve(case, corpus.texts) for case in read_cases(DATA / name)]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")


def imagined(cases: list[EvalCase], corpus: Corpus, *, seed: int) -> list[dict[str, Any]]:
    """Predictions of a system that is now right, now wrong, now silent; a few cases left out, one unknown."""
    chance, documents = random.Random(seed), sorted(corpus.texts)
    rows = [imagined_one(case, corpus, documents, chance) for case in cases if chance.random() > 0.03]
    return [*rows, {**rows[0], "id": "unknown"}]


def imagined_one(
    case: EvalCase, corpus: Corpus, documents: list[str], chance: random.Random
) -> dict[str, Any]:
    abstained = chance.random() < (0.2 if case.answerable else 0.6)
    places = list(some_places(case, corpus, documents, chance))
    cited = [place for place in places if chance.random() < 0.3]
    return {
        "id": case.id,
        "abstained": abstained,
        "answer": "" if abstained else some_answer(case, corpus, places, chance),
        "citations": [{**place, "quote": quoted(place, corpus, chance)} for place in cited],
        "passages": [*places, places[0]] if places else [],
        "seconds": chance.random(),
    }


def some_places(
    case: EvalCase, corpus: Corpus, documents: list[str], chance: random.Random
) -> Iterator[dict[str, Any]]:
    for _ in range(chance.randrange(13)):
        gold = case.evidence and chance.random() < 0.3
        item = chance.choice(case.evidence) if gold else Evidence(chance.choice(documents))
        size = len(corpus.text(item.document))
        start, end = item.span if item.quote else (0, min(size, 900))
        start = min(max(0, start + chance.choice([0, 0, 40, -60, -300])), size)
        end = max(start, min(size, end + chance.choice([0, -8, 90, 300])))
        yield {"document": item.document, "start": start, "end": end}


def some_answer(case: EvalCase, corpus: Corpus, places: list[dict[str, Any]], chance: random.Random) -> str:
    found = [corpus.text(place["document"])[place["start"] : place["end"]][:200] for place in places[:2]]
    accepted, wrong = list(case.answers or ()), list(case.wrong_answers)
    chance.shuffle(accepted)
    return chance.choice(
        [
            " ".join(accepted),
            *accepted[:2],
            f"It is the {', and '.join(accepted)}.",
            " and ".join(accepted + wrong),
            "".join(wrong[:1]) or "None of the above",
            " ".join(found),
            " ".join([*accepted, *found]),
        ]
    )


def quoted(place: dict[str, Any], corpus: Corpus, chance: random.Random) -> str:
    words_there = corpus.text(place["document"])[place["start"] : place["end"]]
    return words_there if chance.random() < 0.8 else words_there.upper()
