"""A file -> Documents, read by its format, in a worker process with limits; what metadata.csv says of them."""

from assistant.loading.files import FORMATS, LoadOptions, load, root_of, scan
from assistant.loading.loaded import Loaded, Skipped
from assistant.loading.metadata_file import METADATA_FILE, read_metadata
from assistant.loading.pdf.document import read_passwords
from assistant.loading.workers import FileWorkers

__all__ = [
    "FORMATS", "METADATA_FILE", "FileWorkers", "LoadOptions", "Loaded", "Skipped", "load", "read_metadata",
    "read_passwords", "root_of", "scan",
]  # fmt: skip
