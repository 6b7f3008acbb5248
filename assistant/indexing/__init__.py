"""A folder of files -> a new generation of the index; and its upkeep."""

from assistant.indexing.doctor import examine
from assistant.indexing.pipeline import build, repair
from assistant.indexing.planning import BuildOptions, RemovesMuch
from assistant.indexing.progress import OnProgress, Progress
from assistant.indexing.report import BuildReport
from assistant.indexing.verifying import Finding
from assistant.indexing.watching import changes

__all__ = [
    "BuildOptions", "BuildReport", "Finding", "OnProgress", "Progress", "RemovesMuch", "build", "changes",
    "examine", "repair",
]  # fmt: skip
