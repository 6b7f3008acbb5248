"""What a build did, or would do, for the user and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.indexing.planning import Changes, Plan
from assistant.storage import Catalog, Manifest
from assistant.text.near_duplicates import groups

NAMED = 3  # documents, or groups of them, in a line for the user


Ids = tuple[str, ...]  # of documents


@dataclass(frozen=True)
class Holdings:
    """What an index holds, as far as a user may want to act on it."""

    failures: dict[str, str]  # path -> the reason why it, or a part of it, could not be read
    left_out: dict[str, str]  # path -> what was left out of a file's documents on purpose, in words
    spread: tuple[int, int, int]  # the fewest passages of a document, the median, and the most
    same_texts: tuple[Ids, ...]  # groups with the same text
    near_duplicates: tuple[Ids, ...]  # groups with nearly the same text
    undated: Ids  # without a date
    unpublished: Ids  # without a publisher

    @property
    def remarks(self) -> list[str]:
        """One line for each."""
        few, median, many = self.spread
        lines = [
            _named(
                "group of documents", "groups of documents", "with the same text", _groups(self.same_texts)
            ),
            _named(
                "group of documents", "groups of documents", "nearly the same", _groups(self.near_duplicates)
            ),
            _named("document", "documents", "without a date", self.undated),
            _named("document", "documents", "without a publisher", self.unpublished),
            _named(
                "file",
                "files",
                "of which something was left out on purpose",
                [f"{path} ({what})" for path, what in self.left_out.items()],
            ),
        ]
        return [*filter(None, lines), f"Passages per document: {few} to {many}, median {median}."]


@dataclass(frozen=True)
class BuildReport:
    """What a build did; or would do, where it was a dry run; or did not have to do, where nothing had changed."""

    manifest: Manifest
    plan: Plan
    changes: Changes
    holdings: Holdings
    embedded: int | None = None  # passages not found in the cache; None where nothing was built
    seconds: float = 0.0

    @property
    def built(self) -> bool:
        return self.embedded is not None

    @property
    def generation(self) -> str:
        return self.manifest.generation

    @property
    def documents(self) -> int:
        return self.manifest.documents

    @property
    def chunks(self) -> int:
        return self.manifest.chunks

    @property
    def failures(self) -> dict[str, str]:
        return self.holdings.failures

    @property
    def remarks(self) -> list[str]:
        return self.holdings.remarks

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
        if self.embedded is None:
            return f"Would index {total}: {files}."
        return f"Indexed {total} in {self.seconds:.0f} s: {files}; {_counted(self.embedded, 'passage')} embedded."

    def to_json(self) -> dict[str, Any]:
        changes, plan, holdings = self.changes, self.plan, self.holdings
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
                "parts_left_out": holdings.left_out,
            },
            "documents": {
                "count": self.documents,
                "added": changes.added,
                "text_changed": changes.rewritten,
                "metadata_changed": changes.relabelled,
                "renamed": changes.renamed,
                "removed": changes.removed,
                "same_text": holdings.same_texts,
                "near_duplicates": holdings.near_duplicates,
                "without_date": holdings.undated,
                "without_publisher": holdings.unpublished,
            },
            "passages": {
                "count": self.chunks,
                "embedded": self.embedded or 0,
                "of_a_document": dict(zip(("fewest", "median", "most"), holdings.spread, strict=True)),
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


def near_duplicates(catalog: Catalog, changes: Changes, *, anew: bool) -> tuple[Ids, ...]:
    """Groups of documents that say nearly the same, by id; of documents that have one text, the first stands for all.

    All groups of an index that was built anew, otherwise those in which a document was added or rewritten.
    """
    came = {*changes.added, *changes.rewritten}
    if not (anew or came):
        return ()
    copies = {id for same in catalog.same_texts() for id in same[1:]}
    sketches = {id: sketch for id, sketch in catalog.sketches().items() if id not in copies}
    ids = list(sketches)
    alike = (tuple(ids[at] for at in group) for group in groups(list(sketches.values())))
    return tuple(group for group in alike if anew or not came.isdisjoint(group))


def make_report(
    manifest: Manifest,
    plan: Plan,
    catalog: Catalog,
    *,
    changes: Changes | None = None,
    near_duplicates: tuple[Ids, ...] = (),
) -> BuildReport:
    """The report of a build that has not been carried out."""
    holdings = Holdings(
        failures=catalog.failures(),
        left_out=catalog.left_out(),
        spread=catalog.spread(),
        same_texts=tuple(map(tuple, catalog.same_texts())),
        near_duplicates=near_duplicates,
        undated=tuple(catalog.without("published")),
        unpublished=tuple(catalog.without("publisher")),
    )
    return BuildReport(manifest, plan, changes or Changes(), holdings)
