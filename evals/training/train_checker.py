"""Makes assistant/models/checker.safetensors: trains the reader's changes of low rank on statements and what they cite.

    python -m evals train_checker [--minutes N] [--state FOLDER] [--start FILE]

Goes on from what FOLDER holds, which is stored every five minutes; what is best on statements held out is kept.
Ctrl+C or SIGTERM ends it well. The rates fall to 0 over the minutes.
"""

import argparse
import random
import signal
import time
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import torch
from rich.console import Console
from torch.nn.functional import cross_entropy

from assistant.models.checker import CHANGES
from assistant.models.mpnet import CHANGES as READER
from evals.training.checker_network import Batch, Batcher, CheckerNetwork
from evals.training.claim_examples import CLAIMS, Example, as_written, draw, parts, read_claims

RATE, HEAD_RATE = 3e-4, 1e-3
TOKENS = 2000  # a step: about 30 statements
WARM_UP, STORE_EVERY, SHOW_EVERY = 40, 300, 60  # steps, seconds, seconds
MEASURED = 400  # statements held out that are looked at when it is stored
NOTE = "all-mpnet-base-v2 with the reader's changes, trained by evals/training/train_checker.py on claims.jsonl.gz"

console = Console(highlight=False)


class Training:
    """`spent` is the share of the time that is gone."""

    def __init__(self, network: CheckerNetwork, held_out: Sequence[Example], state: Path) -> None:
        self.network, self.kept = network, state / CHANGES
        self._last = state / "optimiser.pt"
        self.batcher = Batcher()
        named = network.named()
        self.trained = list(named.values())
        heads = [parameter for name, parameter in named.items() if not name.startswith("layer.")]
        changes = [parameter for name, parameter in named.items() if name.startswith("layer.")]
        groups = [{"params": changes}, {"params": heads}]
        self.optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01)
        self.held_out = list(self.batches(held_out, random.Random(0)))
        self.best, self.steps, self.seen = float("inf"), 0, 0

    def batches(self, examples: Sequence[Example], chance: random.Random) -> Iterator[Batch]:
        """Statements of like length go together; the batches come in random order."""
        encoded = self.batcher.encode(examples)
        order = sorted(range(len(examples)), key=lambda at: len(encoded[at]) * chance.uniform(0.9, 1.1))
        groups: list[list[int]] = [[]]
        for at in order:
            longest = max(len(encoded[at]), *(len(encoded[other]) for other in groups[-1]), 0)
            if groups[-1] and longest * (len(groups[-1]) + 1) > TOKENS:
                groups.append([])
            groups[-1].append(at)
        chance.shuffle(groups)
        for group in groups:
            yield self.batcher.batch([encoded[at] for at in group], [examples[at].label for at in group])

    def step(self, batch: Batch, spent: float) -> float:
        """One step; the loss before it."""
        share = min(1.0, (self.steps + 1) / WARM_UP) * (1 - spent)
        for group, rate in zip(self.optimiser.param_groups, (RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * share
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.network(batch)
        loss = cross_entropy(logits.float(), batch.labels)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.trained, 0.5)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.steps, self.seen = self.steps + 1, self.seen + len(batch.labels)
        return float(loss.detach())

    @torch.no_grad()
    def measure(self) -> tuple[float, float]:
        """Loss, and accuracy of supported or not, on the statements held out."""
        losses, right, count = 0.0, 0, 0
        for batch in self.held_out:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = self.network(batch).float()
            losses += float(cross_entropy(logits, batch.labels, reduction="sum"))
            right += int(((logits[:, 0] > logits[:, 1:].logsumexp(1)) == (batch.labels == 0)).sum())
            count += len(batch.labels)
        return losses / count, right / count

    def store(self) -> None:
        """The state of the optimiser; the weights where they are the best so far."""
        loss, accuracy = self.measure()
        console.print(f"held out: loss {loss:.3f}, supported or not {accuracy:.3f}")
        if loss < self.best:
            self.best = loss
            self.network.save(self.kept, note=NOTE)
            held = {
                "optimiser": self.optimiser.state_dict(),
                "best": loss,
                "steps": self.steps,
                "seen": self.seen,
            }
            torch.save(held, self._last)

    def go_on(self) -> None:
        """From where an earlier run stored its best."""
        if self._last.exists() and self.kept.exists():
            held = torch.load(self._last, weights_only=True)
            self.network.load(self.kept)
            self.optimiser.load_state_dict(held["optimiser"])
            self.best, self.steps, self.seen = held["best"], held["steps"], held["seen"]
            console.print(f"goes on after {self.seen} statements")


def train(training: Training, examples: Iterator[Batch], *, minutes: float) -> None:
    began = stored = shown = time.monotonic()
    losses: list[float] = []
    at_first = training.seen
    for batch in examples:
        now = time.monotonic()
        spent = (now - began) / (60 * minutes)
        if spent >= 1:
            break
        losses.append(training.step(batch, spent))
        if now - shown > SHOW_EVERY:
            rate = (training.seen - at_first) / (now - began)
            console.print(f"{training.seen} statements, {rate:.1f}/s: loss {sum(losses) / len(losses):.3f}")
            shown, losses = now, []
        if now - stored > STORE_EVERY:
            training.store()
            stored = time.monotonic()


def _endless(
    training: Training, taught: Sequence[dict[str, object]], pairs: dict[str, dict[str, object]]
) -> Iterator[Batch]:
    while True:
        chance = random.Random(training.seen)
        yield from training.batches(draw(taught, pairs, chance), chance)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--claims", type=Path, default=CLAIMS)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--state", type=Path, default=Path("build/checker"), help="folder for what is stored")
    parser.add_argument("--start", type=Path, help="changes to begin from [those of the reader]")
    parser.add_argument("--threads", type=int, default=2)


def main(options: argparse.Namespace) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    options.state.mkdir(parents=True, exist_ok=True)
    taught, held_out, pairs = parts(read_claims(options.claims))
    measured = random.Random(0).sample([as_written(row) for row in held_out], min(MEASURED, len(held_out)))
    network = CheckerNetwork(options.start or Path(str(files("assistant.models").joinpath(READER))))
    training = Training(network, measured, options.state)
    training.go_on()
    try:
        train(training, _endless(training, taught, pairs), minutes=options.minutes)
    except KeyboardInterrupt:
        console.print("stopped")
    training.store()
