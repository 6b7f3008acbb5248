"""Packs of questions: every case file is asked with one index of the pack's documents."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from evals.benchmarks.packs.lines import Line
from evals.benchmarks.packs.opening import Opened, Opener
from evals.cases import Corpus, EvalCase, read_cases, resolve
from evals.runs import Result, ask, write_report

# What each pack's README measures by; of these a case file shows the ones that apply to its cases.
METRICS = {
    "chunking": ("char_recall@5", "char_precision@5", "char_iou@5"),
    "clapnq": (
        "citation_precision", "citation_recall", "citation_f1", "unanswerable_recall", "answerable_coverage",
        "abstention_hmean", "rouge_l",
    ),
    "financebench": ("hit_rate@5", "recall@5"),
    "mtrag": ("recall@5", "ndcg@5"),
    "rageval_finance": ("intact_recall@5", "recall@5", "unanswerable_recall", "answerable_coverage"),
    "ramdocs": ("contains",),
    "realtimeqa": ("exact_match", "token_f1", "contains", "answer_in_top@5", "accuracy_overall"),
    "rgb": ("contains", "unanswerable_recall"),
    "scifact": ("ndcg@10",),
    "squad2": (
        "exact_match_overall", "token_f1_overall", "exact_match", "token_f1", "unanswerable_recall", "recall@1",
    ),
}  # fmt: skip

Variant = Callable[[EvalCase], EvalCase]


def as_given(case: EvalCase) -> EvalCase:
    return case


def last_turn(case: EvalCase) -> EvalCase:
    return replace(case, history=())


def rewritten(case: EvalCase) -> EvalCase:
    """The question as a person rewrote it, to stand alone."""
    return replace(case, question=case.rewrite or case.question, history=())


# A pack of conversations is measured by what their earlier turns gain over none, and a person's rewrite over both.
VARIANTS: dict[str, dict[str, Variant]] = {
    "mtrag": {"": as_given, "last turn alone": last_turn, "rewritten by a person": rewritten},
}


def measure(
    folder: Path, *, limit: int | None, open_corpus: Opener, work: Path, console: Console
) -> Iterator[Line]:
    """A line for each case file and variant; predictions and report go to `work`/PACK."""
    opened = open_corpus(folder / "corpus.jsonl", folder.name)
    for path in sorted(folder.glob("cases*.jsonl")):
        cases = [resolve(case, opened.texts) for case in read_cases(path)[:limit]]
        for label, variant in VARIANTS.get(folder.name, {"": as_given}).items():
            stem = "_".join([path.stem, *label.split()])
            console.print(f"{folder.name}: {stem}", markup=False, highlight=False)
            result = answer(
                folder.name, list(map(variant, cases)), opened, out=work / folder.name / stem, console=console
            )
            yield line(result, ", ".join(filter(None, [path.name, label])))


def answer(pack: str, cases: list[EvalCase], opened: Opened, *, out: Path, console: Console) -> Result:
    """Asks the cases (resolved); predictions.jsonl and the report are written to the folder `out`."""
    corpus = Corpus(opened.texts)
    made = ask(cases, opened.answer, predictions=out / "predictions.jsonl", console=console)
    result = Result.of(pack, cases, {prediction.id: prediction for prediction in made}, corpus)
    write_report(result, corpus, out)
    return result


def line(result: Result, cases: str) -> Line:
    """The pack's own metrics, as far as they apply, and how many cases failed where some did."""
    metrics: dict[str, float] = {
        name: result.metrics[name].value for name in METRICS[result.pack] if name in result.metrics
    }
    if result.missing:
        metrics["failed"] = result.missing
    return Line(result.pack, cases, len(result.cases), metrics, result.seconds.get("median"))
