"""What a user chooses about a build."""

from dataclasses import dataclass, field

from assistant.loading import LoadOptions, read_passwords
from assistant.settings import Settings


@dataclass(frozen=True)
class BuildOptions:
    """What a user chooses about a build, besides its folders and the embedding model."""

    loading: LoadOptions = field(default_factory=LoadOptions)
    chroma_url: str | None = None  # the server that keeps the vectors; None: they are in the index folder
    cache_mb: int = 1000  # megabytes of vectors kept, so that no text is embedded twice
    rebuild: bool = False  # read every file again
    dry_run: bool = False  # only report what would be done
    may_remove: bool = False  # even a large part of the documents

    @classmethod
    def from_settings(cls, settings: Settings, **choices: bool) -> "BuildOptions":
        """`choices`: rebuild, dry_run and may_remove; UserError where the file of passwords cannot be read."""
        passwords = read_passwords(settings.pdf_passwords)
        return cls(
            LoadOptions(passwords, settings.ocr, settings.file_timeout),
            settings.chroma_url,
            settings.vector_cache_mb,
            **choices,
        )
