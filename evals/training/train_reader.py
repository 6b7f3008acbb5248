"""Makes assistant/models/cross_encoder.safetensors: fine-tunes the upper layers of the packaged MiniLM.

    python -m evals train_reader ../shared/data/reader_training [--minutes N] [--start FILE]

Most rows are public question sets (see rows.SOURCES), kept outside of the repository and never copied
into it; the folder's README says where each comes from. The rest, training/near_misses.jsonl, was written by us.
"""

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from torch.nn.functional import binary_cross_entropy_with_logits

from assistant.models.cross_encoder import WEIGHTS, CrossEncoder, small_cross_encoder
from assistant.text.language import Span
from evals.training.reader_network import FROZEN_LAYERS, Read, ReaderNetwork
from evals.training.rows import SOURCES
from evals.training.windows import Sample, read_samples

QUESTIONS_A_STEP = 12
BODY_RATE, HEAD_RATE = 1e-4, 1e-3
POSITIVE_WEIGHT = 2.0  # a window has about five sentences that do not answer for one that does

NOTE = f"all-MiniLM-L6-v2, fine-tuned by evals/training/train_reader.py on near_misses.jsonl and {', '.join(SOURCES)}"

console = Console()


def train(network: ReaderNetwork, groups: Sequence[list[Sample]], *, minutes: float) -> None:
    """Passes over the groups for `minutes`; the learning rates fall to 0 over that time."""
    module = network.module
    body: Any = module["body"]
    for part in (body.embeddings, *body.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(requires_grad=False)
    for part in body.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0  # one or two passes leave little to forget, and it halves the speed of attention
    tuned = [parameter for parameter in body.parameters() if parameter.requires_grad]
    heads = list(module["heads"].parameters())
    rates = [BODY_RATE, HEAD_RATE]
    optimiser = torch.optim.AdamW([{"params": tuned}, {"params": heads}], weight_decay=0.01)
    started, shown = time.monotonic(), np.zeros(4)
    module.train()
    for number, step in enumerate(_steps(groups)):
        spent = (time.monotonic() - started) / (60 * minutes)
        if spent >= 1:
            break
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, (number + 1) / 60) * (1 - spent)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            read = network.forward([sample.window for sample in step])
        losses = _losses(read, step)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(tuned + heads, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        now = losses.detach().numpy()
        shown = 0.98 * shown + 0.02 * now if number else now
        if number % 100 == 0:
            figures = " ".join(f"{value:.3f}" for value in shown)
            console.print(f"step {number}, {spent:.0%}: sentence, group, passage, words {figures}")
    module.eval()


def _steps(groups: Sequence[list[Sample]]) -> Iterator[list[Sample]]:
    """Questions of like length go together, which saves padding; the steps come in random order, without end."""
    generator = random.Random(0)
    while True:
        jitter = {id(group): generator.uniform(0.85, 1.15) for group in groups}
        order = sorted(groups, key=lambda g: jitter[id(g)] * max(len(s.window.text) for s in g))
        steps = [order[at : at + QUESTIONS_A_STEP] for at in range(0, len(order), QUESTIONS_A_STEP)]
        generator.shuffle(steps)
        for step in steps:
            yield [sample for group in step for sample in group]


def _losses(read: Read, step: Sequence[Sample]) -> torch.Tensor:
    """Four: each sentence on its own, against the others of its question, each passage, and the answer's words."""
    answers = [float(at in s.answers) for s in step for at in range(len(s.window.sentences))]
    weights = [s.weight for s in step for _ in s.window.sentences]
    target, weight = torch.tensor(answers), torch.tensor(weights)
    weight = weight * torch.where(target > 0, POSITIVE_WEIGHT, 1.0)
    alone = binary_cross_entropy_with_logits(read.sentence, target, weight, reduction="sum") / weight.sum()
    there = torch.tensor([float(bool(s.answers)) for s in step])
    windows = torch.tensor([s.weight for s in step])
    passage = binary_cross_entropy_with_logits(read.passage, there, windows, reduction="sum") / windows.sum()
    return torch.stack(
        [alone, 0.5 * _against_others(read, step, target), 0.5 * passage, 0.25 * _words(read, step)]
    )


def _against_others(read: Read, step: Sequence[Sample], target: torch.Tensor) -> torch.Tensor:
    places: dict[int, list[int]] = defaultdict(list)
    first = 0
    for sample in step:
        places[sample.group] += range(first, first + len(sample.window.sentences))
        first += len(sample.window.sentences)
    losses = [
        torch.logsumexp(read.sentence[at], 0) - torch.logsumexp(read.sentence[at][target[at] > 0], 0)
        for at in places.values()
        if target[at].any()
    ]
    return torch.stack(losses).mean() if losses else torch.zeros(())


def _words(read: Read, step: Sequence[Sample]) -> torch.Tensor:
    """The likelihood of any of the answer's first and last tokens, or of "none" where nothing answers."""
    losses = []
    for at, sample in enumerate(step):
        if sample.answers and not sample.spans:
            continue
        first, last = _tokens(read, at, sample.spans)
        for values, right in ((read.start[at], first), (read.end[at], last)):
            if right:
                losses.append(torch.logsumexp(values, 0) - torch.logsumexp(values[right], 0))
    return torch.stack(losses).mean() if losses else torch.zeros(())


def _tokens(read: Read, at: int, spans: Sequence[Span]) -> tuple[list[int], list[int]]:
    if not spans:
        return [0], [0]
    inside = read.of[at] >= 0
    starts, ends = read.offsets[at, :, 0], read.offsets[at, :, 1]
    first = {int(t) for start, _ in spans for t in np.flatnonzero(inside & (starts == start))}
    last = {int(t) for _, end in spans for t in np.flatnonzero(inside & (ends == end))}
    return sorted(first), sorted(last)


def report_held_out(encoder: CrossEncoder, groups: Sequence[list[Sample]]) -> None:
    """Prints, on samples kept apart: how often the right sentence is first, how well silence is told."""
    from sklearn.metrics import roc_auc_score

    samples = [sample for group in groups for sample in group]
    readings = encoder.read([sample.window for sample in samples])
    right = [s for s in zip(samples, readings, strict=True) if s[0].answers]
    first = np.mean([int(reading.sentences.argmax()) in sample.answers for sample, reading in right])
    console.print(f"right sentence first {first:.3f} of {len(right)}")
    for kind in sorted({sample.kind for sample in samples} - {"answer"}):
        silent = [s for s in zip(samples, readings, strict=True) if s[0].kind == kind]
        truth = [1] * len(right) + [0] * len(silent)
        for name in ("sentences", "passage", "words"):
            values = [float(np.max(getattr(reading, name))) for _, reading in right + silent]
            console.print(f"  {kind} ({len(silent)}), by {name}: AUC {roc_auc_score(truth, values):.3f}")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the training sets")
    parser.add_argument("--minutes", type=float, default=60, help="train for this long")
    parser.add_argument("--start", type=Path, help="weights to go on from [the packaged model]")
    parser.add_argument("--output", type=Path, default=Path("assistant/models") / WEIGHTS)


def main(options: argparse.Namespace) -> None:
    torch.manual_seed(0)
    groups = read_samples(options.folder, held_out=False)
    console.print(f"{len(groups)} questions, {sum(len(group) for group in groups)} windows")
    network = ReaderNetwork()
    if options.start:
        network.load(options.start)
    train(network, groups, minutes=options.minutes)
    network.save(options.output, note=NOTE)
    console.print(f"saved {options.output} ({options.output.stat().st_size / 1e6:.1f} MB)")
    report_held_out(small_cross_encoder(options.output), read_samples(options.folder, held_out=True))
