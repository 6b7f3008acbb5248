"""What a build did, or would do, for the user and for programs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.indexing.planning import Changes, Plan
from assistant.storage.catalog import Catalog
from assistant.storage.generations import Manifest
from assistant.text.near_duplicates import groups

NAMED = 3  # documents, or groups of them, in a line for the user


@dataclass(frozen=True)
class BuildReport:
    """What a build did, or would do; `built` is false where nothing had changed, or where it was only asked for."""

    generation: str
    built: bool
    plan: Plan
    failures: dict[str, str]  # path -> the reason why it, or a part of it, could not be read
    documents: int
    chunks: int
    spread: tuple[int, int, int]  # the fewest passages of a document, the median, and the most
    embedded: int = 0  # passages that had to be embedded; the others came from the cache
    seconds: float = 0.0
    changes: Changes = field(default_factory=Changes)
    same_texts: tuple[tuple[str, ...], ...] = ()  # ids of documents with one text
    near_duplicates: tuple[tuple[str, ...], ...] = ()  # and of those that say nearly the same
    undated: tuple[str, ...] = ()  # ids of documents without a date
    unpublished: tuple[str, ...] = ()  # and without a publisher

    @property
    def summary(self) -> str:
        """One line for the user."""
        plan = self.plan
        total = f"{_counted(self.documents, 'document')}, {_counted(self.chunks, 'passage')}"
        if plan.is_empty and not self.built:
            return f"Nothing has changed: {total}."
        files = (
            f"{_counted(len(plan.added), 'file')} added, {len(plan.changed)} changed, {len(plan.moved)} renamed, "
            f"{len(plan.removed)} removed, {len(plan.unchanged)} unchanged"
        )
        if not self.built:
            return f"Would index {total}: {files}."
        return f"Indexed {total} in {self.seconds:.0f} s: {files}; {_counted(self.embedded, 'passage')} embedded."

    @property
    def remarks(self) -> list[str]:
        """What a user may want to look at, a line each."""
        few, median, many = self.spread
        found = [
            _named("group of documents", "groups of documents", "with one text", _groups(self.same_texts)),
            _named(
                "group of documents", "groups of documents", "nearly the same", _groups(self.near_duplicates)
            ),
            _named("document", "documents", "without a date", self.undated),
            _named("document", "documents", "without a publisher", self.unpublished),
        ]
        return [*filter(None, found), f"Passages of a document: {few} to {many}, in the median {median}."]

    def to_json(self) -> dict[str, Any]:
        changes, plan = self.changes, self.plan
        return {
            "generation": self.generation,
            "built": self.built,
            "files": {
                "added": plan.added,
                "changed": plan.changed,
                "renamed": plan.moved,
                "removed": plan.removed,
                "unchanged": len(plan.unchanged),
                "left_out": self.failures,
            },
            "documents": {
                "count": self.documents,
                "added": changes.added,
                "text_changed": changes.rewritten,
                "metadata_changed": changes.relabelled,
                "renamed": changes.renamed,
                "removed": changes.removed,
                "same_text": self.same_texts,
                "near_duplicates": self.near_duplicates,
                "without_date": self.undated,
                "without_publisher": self.unpublished,
            },
            "passages": {
                "count": self.chunks,
                "embedded": self.embedded,
                "of_a_document": dict(zip(("fewest", "median", "most"), self.spread, strict=True)),
            },
            "seconds": round(self.seconds, 2),
        }


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _groups(groups: Sequence[Sequence[str]]) -> list[str]:
    return [" and ".join(ids[:NAMED]) + " and more" * (len(ids) > NAMED) for ids in groups]


def _named(one: str, many: str, what: str, names: Sequence[str]) -> str:
    """ "2 documents without a date: a.txt, b.txt"; empty where there is none."""
    if not names:
        return ""
    more = ", …" if len(names) > NAMED else ""
    return f"{len(names):,} {one if len(names) == 1 else many} {what}: {', '.join(names[:NAMED])}{more}"


def near_duplicates(catalog: Catalog, changes: Changes, *, anew: bool) -> tuple[tuple[str, ...], ...]:
    """Groups of documents that say nearly the same, by id; of documents that have one text, the first stands for all.

    All groups of an index that was built anew, otherwise those in which a document was added or rewritten.
    """
    came = {*changes.added, *changes.rewritten}
    if not (anew or came):
        return ()
    copies = {id for same in catalog.same_texts() for id in same[1:]}
    sketches = {id: sketch for id, sketch in catalog.sketches().items() if id not in copies}
    ids = list(sketches)
    found = (tuple(ids[at] for at in group) for group in groups(list(sketches.values())))
    return tuple(group for group in found if anew or not came.isdisjoint(group))


def make_report(manifest: Manifest, plan: Plan, catalog: Catalog, started: float, **rest: Any) -> BuildReport:
    return BuildReport(
        generation=manifest.generation,
        built=rest.pop("built", False),
        plan=plan,
        failures=catalog.failures(),
        documents=manifest.documents,
        chunks=manifest.chunks,
        spread=catalog.spread(),
        seconds=time.perf_counter() - started,
        same_texts=tuple(map(tuple, catalog.same_texts())),
        undated=tuple(catalog.without("published")),
        unpublished=tuple(catalog.without("publisher")),
        **rest,
    )
