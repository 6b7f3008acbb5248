"""`assistant eval`: measure the answers to a set of cases. Its other commands are about kept runs and cases."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.cli.building import build_index
from assistant.cli.console import out, settings_for
from assistant.cli.eval_cases import new, propose, review
from assistant.cli.eval_runs import runs, show

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.runs import System

Cases = Annotated[list[Path], typer.Argument(help="Case files (.jsonl, .yaml).")]
Corpus = Annotated[
    Path | None,
    typer.Option(help="Documents asked about. [default: corpus.jsonl beside the cases, else corpus]"),
]
Index = Annotated[Path | None, typer.Option(help="Folder of their index. [default: made from the corpus]")]
Tag = Annotated[str | None, typer.Option(help="Ask only the cases with this tag.")]
Everything = Annotated[bool, typer.Option("--all", help="Show every metric, and every tag.")]
Predictions = Annotated[Path | None, typer.Option(help="Write the answers here, one JSON a line.")]
Report = Annotated[Path | None, typer.Option(help="Write report.html and metrics.json to this folder.")]
Compare = Annotated[
    str | None,
    typer.Option(help="A kept run (or `last`), or a file of predictions or of a baseline, to compare with."),
]
Versus = Annotated[str | None, typer.Option("--vs", help="Earlier predictions: the same as --compare FILE.")]
Gates = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[=FLOOR]",
        help="Fail where this metric is worse than in the run compared with, beyond chance, or under the floor.",
    ),
]
Baseline = Annotated[
    Path | None, typer.Option(help="Write a small file to compare later runs with, to be committed.")
]
Keep = Annotated[bool, typer.Option(help="Keep the run in the folder `evaluations`.")]
Name = Annotated[str | None, typer.Option(help="What to keep it as. [default: the time]")]
JudgedBy = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL", help="A chat model whose opinion of each answer is shown too; no gate takes it."
    ),
]
Resume = Annotated[str | None, typer.Option(help="Go on with this run, which was stopped.")]


class OrAsk(TyperGroup):
    """`assistant eval CASES …` is `assistant eval ask CASES …`, whatever is not the name of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["ask", *args]
        return list(super().parse_args(ctx, args))


evals = typer.Typer(
    cls=OrAsk,
    no_args_is_help=True,
    help="Measure the answers to a set of cases: `assistant eval CASES…`; `assistant eval ask --help` has its options.",
)
evals.command("runs")(runs)
evals.command("show")(show)
evals.command("review")(review)
evals.command("new")(new)
evals.command("propose")(propose)


@evals.command("ask")
def evaluate(
    cases: Cases,
    corpus: Corpus = None,
    index: Index = None,
    tag: Tag = None,
    everything: Everything = False,
    predictions: Predictions = None,
    report: Report = None,
    compare: Compare = None,
    versus: Versus = None,
    gate: Gates = None,
    baseline: Baseline = None,
    keep: Keep = True,
    name: Name = None,
    resume: Resume = None,
    judge: JudgedBy = None,
) -> None:
    """Answer a set of cases with the chain that the page uses, and measure how well."""
    from evals.cases import gather
    from evals.runs import Gate, Wanted
    from evals.runs import evaluate as measure

    gather(cases)  # a broken case file is reported before anything is built
    beside = cases[0].parent / "corpus.jsonl"
    settings = settings_for(corpus or (beside if beside.exists() else None), index, answers_kept=0)
    wanted = Wanted(
        tag=tag,
        predictions=predictions,
        report=report,
        baseline=baseline,
        runs=settings.evaluations / "runs",
        keep=keep,
        name=name,
        resume=resume,
        compare=versus or compare,
        gates=[Gate.parse(each) for each in gate or ()],
        everything=everything,
        judge=judging(settings, judge) if judge else None,
    )
    build_index(settings)
    measure(cases, system(settings), out, wanted)


def system(settings: "Settings") -> "System":
    """What the settings make answer, as it is measured."""
    from assistant.chain import make_chain
    from evals.runs import System

    chain = make_chain(settings)
    generation = chain.index.current()
    texts = {document.id: document.text for document in generation.catalog.documents()}
    known = {name: str(getattr(settings, name)) for name in ("corpus", "embedding_model", "reader")}
    known["model"] = str(chain.model_name or "none, quoting")
    return System(chain.invoke, texts, generation.name, known)


def judging(settings: "Settings", name: str) -> "Callable[[str], str]":
    """The chat model, at the address and within the seconds of the settings; one that fails has no opinion."""
    from assistant.answering import Answerer
    from assistant.errors import ModelUnavailable

    model, told = Answerer.from_settings(settings.model_copy(update={"model": name})).model, set[str]()
    assert model is not None

    def judge(prompt: str) -> str:
        try:
            return list(model.reply([("user", prompt)]))[-1].text
        except ModelUnavailable as error:
            if str(error) not in told:
                out.print(f"The judge has no opinion: {error}", markup=False, soft_wrap=True)
            told.add(str(error))
            return ""

    return judge
