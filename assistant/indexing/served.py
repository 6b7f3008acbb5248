"""What a build may take over from the generation that is served."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.indexing.planning import BuildOptions, Plan
from assistant.storage import Catalog, FileRecord, generations, seal
from assistant.types import Embedder

SMALL_CHANGE = 0.3  # of the files: up to so many changes are made in a copy of the last generation


@dataclass(frozen=True)
class Served:
    """The manifest and catalog that are served, which are whole; `files`: what was read, by path."""

    folder: Path
    manifest: generations.Manifest
    catalog: Catalog
    files: Mapping[str, FileRecord]

    def can_be_kept(self, embedder: Embedder, options: BuildOptions) -> bool:
        """Whether its passages were embedded and are stored as is configured, and none of its files is damaged."""
        configured = (embedder.fingerprint, options.chroma_url)
        built = (self.manifest.embedder, self.manifest.chroma_url)
        return not options.rebuild and configured == built and seal.is_whole(self.folder)

    def base_for(self, plan: Plan) -> str | None:
        """The generation in a copy of which the changes can be made; None where it has to be made anew."""
        is_small = plan.to_read + len(plan.removed) <= SMALL_CHANGE * (len(plan.unchanged) + plan.to_read)
        is_embedded = self.manifest.chroma_url is None
        can_change = is_embedded and not self.catalog.has_id_conflict() and not self.catalog.is_sparse()
        return self.manifest.generation if is_small and can_change else None


@contextmanager
def open_served(index: Path) -> Iterator[Served | None]:
    """None where nothing is served yet, or what is served is damaged or has another format: every file is read."""
    name = generations.current_name(index)
    manifest = generations.whole_manifest(index, name) if name else None
    if name is None or manifest is None or manifest.chunking != generations.INDEX_FORMAT:
        yield None
        return
    folder = generations.folder_of(index, name)
    with closing(Catalog(folder / generations.CATALOG)) as catalog:
        yield Served(folder, manifest, catalog, catalog.files())
