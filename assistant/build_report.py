"""What a build did, or would do, for the user and for programs."""

import time
from dataclasses import dataclass, field
from typing import Any

from assistant.catalog import Catalog
from assistant.generations import Manifest
from assistant.near_duplicates import groups
from assistant.planning import Changes, Plan

NAMED = 3  # groups, and documents of a group, in the line for the user


@dataclass(frozen=True)
class BuildReport:
    """What a build did, or would do; `built` is false where nothing had changed, or where it was only asked for."""

    generation: str
    built: bool
    plan: Plan
    failures: dict[str, str]  # path -> the reason why it, or a part of it, could not be read
    documents: int
    chunks: int
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
        total = f"{self.documents} documents, {self.chunks} passages"
        if plan.is_empty and not self.built:
            return f"Nothing has changed: {total}."
        files = (
            f"{len(plan.added)} files added, {len(plan.changed)} changed, {len(plan.moved)} renamed, "
            f"{len(plan.removed)} removed, {len(plan.unchanged)} unchanged"
        )
        if not self.built:
            return f"Would index {total}: {files}."
        return f"Indexed {total} in {self.seconds:.0f} s: {files}; {self.embedded} passages embedded."

    @property
    def near_duplicates_told(self) -> str:
        """One line for the user: how many groups there are, and the first."""
        groups = [", ".join(ids[:NAMED]) + "…" * (len(ids) > NAMED) for ids in self.near_duplicates]
        more = "; …" if len(groups) > NAMED else "."
        count = "1 group" if len(groups) == 1 else f"{len(groups)} groups"
        return f"{count} of documents that say nearly the same: {'; '.join(groups[:NAMED])}{more}"

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
            "passages": {"count": self.chunks, "embedded": self.embedded},
            "seconds": round(self.seconds, 2),
        }


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


def make(manifest: Manifest, plan: Plan, catalog: Catalog, started: float, **rest: Any) -> BuildReport:
    return BuildReport(
        generation=manifest.generation,
        built=rest.pop("built", False),
        plan=plan,
        failures=catalog.failures(),
        documents=manifest.documents,
        chunks=manifest.chunks,
        seconds=time.perf_counter() - started,
        same_texts=tuple(map(tuple, catalog.same_texts())),
        undated=tuple(catalog.without("published")),
        unpublished=tuple(catalog.without("publisher")),
        **rest,
    )
