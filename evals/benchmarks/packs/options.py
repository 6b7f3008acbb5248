"""The options of every benchmark that measures on packs."""

import argparse
from collections.abc import Iterable
from pathlib import Path


def add_pack_options(parser: argparse.ArgumentParser, packs: Iterable[str]) -> None:
    """`data`; `only`, of the packs, by default all in their order; and `work`."""
    names = list(packs)
    parser.add_argument("data", type=Path, help="folder of the packs")
    parser.add_argument("--only", nargs="+", default=names, choices=names, help="packs to measure, not all")
    parser.add_argument("--work", type=Path, default=Path("build/packs"), help="folder for what is written")


def add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, help="first cases of each file, for a quick look")
