"""The report a person reads: report.html, one file that loads nothing, and metrics.json and PNG plots beside it.

What comes from documents, questions and models is escaped, or packed for the page's own script, which makes text of it
and never markup; the page's policy allows that one script, by its hash, and no other.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from assistant.errors import UserError
from evals.cases import Corpus
from evals.metrics import GROUPS, LEADING
from evals.runs.outcomes import Counts, Outcome
from evals.runs.report.cases import BLOCK, OUTCOMES, WHYS, blocks, entries, packed
from evals.runs.report.plots import write_plots
from evals.runs.results import TAG_METRICS, Result
from evals.runs.tables import MAIN, points, share, summary

HERE = Path(__file__).parent
SCRIPT = "report.js"
BINS = 12  # of the times


def write_report(result: Result, corpus: Corpus, folder: Path) -> None:
    """Writes report.html, metrics.json and, with matplotlib, plots; UserError where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metrics.json").write_text(json.dumps(result.to_json(), indent=2) + "\n", "utf-8")
        # "replace": a document may hold half a surrogate pair, which no file can
        (folder / "report.html").write_bytes(render(result, corpus).encode("utf-8", "replace"))
        write_plots(result, folder)
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror}); choose another folder.") from None


def render(result: Result, corpus: Corpus) -> str:
    """The whole page."""
    listed = entries(result, corpus)
    lines = result.tags
    return template().render(
        result=result,
        summary=summary(result),
        counted=outcome_counts(result),
        share=share,
        points=points,
        main=MAIN,
        groups=GROUPS,
        leading=LEADING,
        metrics=result.metrics,
        lines=lines,
        columns=[name for name in TAG_METRICS if any(name in line.metrics for line in lines)],
        times=bars(result.times),
        outcomes=_tallied(OUTCOMES, Counter(entry[3] for entry in listed)),
        whys=_tallied(WHYS, Counter(entry[4] for entry in listed)),
        tags=sorted({tag for case in result.cases for tag in case.tags}),
        data=packed(
            {"entries": listed, "outcomes": OUTCOMES, "whys": WHYS, "tones": _tones(), "block": BLOCK}
        ),
        blocks=blocks(result, corpus),
        script=Markup(script()),
        policy=policy(),
    )


def policy() -> str:
    """What the page may do: its own styles and its own script, and nothing else."""
    hashed = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hashed}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def script() -> str:
    return (HERE / SCRIPT).read_text("utf-8")


@cache
def template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def bars(times: Sequence[float]) -> list[tuple[float, float, int]]:
    """From, to (seconds), and how many cases took as long: BINS of one width; the last has all above too."""
    if not times:
        return []
    end = times[min(len(times) - 1, int(0.99 * len(times)))] or times[-1] or 1e-9
    width = end / BINS
    counts = Counter(min(int(seconds / width), BINS - 1) for seconds in times)
    return [(place * width, (place + 1) * width, counts[place]) for place in range(BINS)]


def outcome_counts(result: Result) -> dict[str, Counts]:
    """What came of the cases with an answer, without one, and of all, as far as there are any."""
    parts = {"with an answer": result.with_answer, "without one": result.without_answer}
    kept = {name: counts for name, counts in parts.items() if counts.n}
    return kept | ({"all": Counts.of(result.outcomes)} if len(kept) > 1 else {})


def _tallied(names: Sequence[str], counts: Counter[int]) -> list[tuple[int, str, int]]:
    """Number, name and count of those that there are."""
    return [(number, str(name), counts[number]) for number, name in enumerate(names) if counts[number]]


def _tones() -> list[str]:
    """The colour of each outcome."""
    soft = {Outcome.ungraded: "soft", Outcome.abstained_wrongly: "middling"}
    return ["good" if each.good else soft.get(each, "bad") for each in OUTCOMES]
