"""Makes assistant/cross_encoder.safetensors: fine-tunes the upper layers of the packaged MiniLM.

    python -m evals.train_reader ../shared/data/reader_training [--questions N] [--minutes N]

The rows are public question sets (see SOURCES), kept outside of the repository and never copied into it; the
folder's README says where each comes from. Only sets with permissive or share-alike terms are used.
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import torch
from rich.console import Console
from rich.progress import track

from assistant.cross_encoder import FROZEN_LAYERS, WEIGHTS, CrossEncoder, Pair
from assistant.language import content_words, sentences, words

# Questions taken from each set at most: the concentrated ones are capped.
SOURCES = {
    "squadshifts_new_wiki": 6000,
    "squadshifts_new_wiki_mismatched": 1200,
    "nq_open_oracle": 2600,
    "timeqa_human": 2200,
    "selqa": 1800,
    "qed": 1300,
    "qamr": 2000,
    "covidqa": 800,
    "covidqa_mismatched": 300,
}
NEGATIVES = 3  # sentences that do not answer, for each one that does
QUESTIONS_A_STEP = 16
LEARNING_RATE = 8e-5

console = Console()


@dataclass(frozen=True, slots=True)
class Group:
    """The sentences shown for one question; the first one answers where `answerable`."""

    pairs: tuple[Pair, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    before: str
    title: str
    row: int
    supports: bool


def read_groups(folder: Path, *, seed: int = 0) -> list[Group]:
    """Groups of all SOURCES, shuffled; held-out passages are those of `is_held_out`."""
    generator = random.Random(seed)
    groups: list[Group] = []
    for name, most in SOURCES.items():
        path = folder / f"{name}.jsonl.gz"
        if not path.exists():
            raise SystemExit(f"{path} is missing. Give the folder that holds the reader's training sets.")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        generator.shuffle(rows)
        groups += _groups(rows[: most * 2], most, generator)
    generator.shuffle(groups)
    return groups


def _groups(rows: Sequence[dict[str, Any]], most: int, generator: random.Random) -> Iterator[Group]:
    table = [_sentences(row, number) for number, row in enumerate(rows)]
    flat = [sentence for found in table for sentence in found]
    search = bm25s.BM25()
    search.index([content_words(sentence.text) or ["-"] for sentence in flat], show_progress=False)
    made = 0
    for number, row in enumerate(rows):
        if made == most:
            return
        group = _group(row, table[number], flat, search, generator)
        if group:
            made += 1
            yield group


def _sentences(row: dict[str, Any], number: int) -> list[_Sentence]:
    text, found, before = row["passage"], [], ""
    for start, end in sentences(text):
        supports = any(
            min(end, b) - max(start, a) > 0.5 * min(end - start, b - a) for a, b in row["supporting"]
        )
        found.append(_Sentence(text[start:end], before, row["title"] or "", number, supports))
        before = text[start:end]
    return found


def _group(
    row: dict[str, Any],
    own: list[_Sentence],
    flat: list[_Sentence],
    search: bm25s.BM25,
    generator: random.Random,
) -> Group | None:
    asked = set(content_words(row["question"]))
    positive = [sentence for sentence in own if sentence.supports]
    if bool(positive) != bool(row["answerable"]) or not asked:
        return None
    others = sorted(
        (s for s in own if not s.supports), key=lambda s: -len(asked & set(content_words(s.text)))
    )
    negative = others[:2] + generator.sample(others[2:], min(1, len(others[2:])))
    negative += _elsewhere(row, flat, search, NEGATIVES - min(len(negative), NEGATIVES - 1))
    chosen = [generator.choice(positive)] if positive else []
    chosen += generator.sample(negative, min(NEGATIVES, len(negative)))
    if not positive:
        chosen = negative[:2]
    pairs = tuple(Pair(row["question"], s.text, s.before, s.title) for s in chosen)
    return Group(pairs, bool(positive)) if len(pairs) > 1 else None


def _elsewhere(row: dict[str, Any], flat: list[_Sentence], search: bm25s.BM25, count: int) -> list[_Sentence]:
    """Sentences of other passages that share words with the question and hold none of its answers."""
    known = [word for word in content_words(row["question"]) if word in search.vocab_dict]
    if not known:
        return []
    scores = search.get_scores(known)
    answers = [" ".join(words(answer["text"])) for answer in row["answers"]]
    found = []
    for at in scores.argsort()[::-1][:20]:
        text = " ".join(words(flat[at].text))
        if rows_differ(flat[at], row) and not any(answer in text for answer in answers):
            found.append(flat[at])
    return found[:count]


def rows_differ(sentence: _Sentence, row: dict[str, Any]) -> bool:
    return sentence.text not in row["passage"]


def train(encoder: CrossEncoder, groups: Sequence[Group], *, minutes: float) -> None:
    """One pass over the groups, or what `minutes` allow of it; the learning rate falls to 0 either way."""
    module = encoder.module
    body = module["body"]  # type: ignore[index]
    for part in (body.embeddings, *body.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(requires_grad=False)
    tuned = [parameter for parameter in module.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(tuned, lr=LEARNING_RATE, weight_decay=0.01)
    steps = _steps(groups)
    started, shown = time.monotonic(), 0.0
    module.train()
    for number, step in enumerate(track(steps, console=console)):
        spent = max(number / len(steps), (time.monotonic() - started) / (60 * minutes))
        if spent >= 1:
            break
        rate = LEARNING_RATE * min(1.0, (number + 1) / 50) * (1 - spent)
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss = _loss(encoder, step)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(tuned, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        shown = 0.98 * shown + 0.02 * float(loss.detach()) if number else float(loss.detach())
        if number % 100 == 0:
            console.print(
                f"step {number} of {len(steps)}, loss {shown:.4f}, {time.monotonic() - started:.0f} s"
            )
    module.eval()


def _steps(groups: Sequence[Group]) -> list[list[Group]]:
    """Questions of like length go together, which saves padding; the steps come in random order."""
    longest = [max(len(pair.question) + len(pair.second) for pair in group.pairs) for group in groups]
    order = sorted(range(len(groups)), key=longest.__getitem__)
    steps = [
        [groups[at] for at in order[first : first + QUESTIONS_A_STEP]]
        for first in range(0, len(order), QUESTIONS_A_STEP)
    ]
    random.Random(0).shuffle(steps)
    return steps


def _loss(encoder: CrossEncoder, step: Sequence[Group]) -> torch.Tensor:
    """Each sentence on its own (does it answer?) and against the others of its question (which one does?)."""
    logits = encoder.logits([pair for group in step for pair in group.pairs])
    target = torch.tensor(
        [float(group.answerable and at == 0) for group in step for at in range(len(group.pairs))]
    )
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target)
    first = 0
    ranked = []
    for group in step:
        if group.answerable:
            ranked.append(-torch.log_softmax(logits[first : first + len(group.pairs)], 0)[0])
        first += len(group.pairs)
    return loss + 0.5 * torch.stack(ranked).mean() if ranked else loss


def save(encoder: CrossEncoder, path: Path) -> None:
    """The tuned layers in half precision: the rest is in the packaged model already."""
    from safetensors.torch import save_file

    frozen = ("body.embeddings.", *(f"body.encoder.layer.{n}." for n in range(FROZEN_LAYERS)), "body.pooler.")
    state = encoder.module.state_dict()
    save_file({name: t.half().contiguous() for name, t in state.items() if not name.startswith(frozen)}, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of the training sets")
    parser.add_argument("--minutes", type=float, default=90, help="stop after this long")
    parser.add_argument("--output", type=Path, default=Path("assistant") / WEIGHTS)
    options = parser.parse_args()
    torch.manual_seed(0)
    groups = read_groups(options.folder)
    console.print(f"{len(groups)} questions, {sum(len(group.pairs) for group in groups)} pairs")
    encoder = CrossEncoder.untrained()
    train(encoder, groups, minutes=options.minutes)
    save(encoder, options.output)
    console.print(f"saved {options.output} ({options.output.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
