"""What an index keeps: catalog, vectors, keywords, cached vectors, and the generations they make up."""

from assistant.storage.answer_records import AnswerRecord, AnswerRecords
from assistant.storage.catalog import Catalog
from assistant.storage.catalog_writer import CatalogWriter
from assistant.storage.generations import INDEX_FORMAT, Generation, IndexReader, Manifest, current_name
from assistant.storage.keywords import KeywordIndex
from assistant.storage.lifecycle import roll_back
from assistant.storage.schema import FileRecord, Summary, stamp, yyyymmdd
from assistant.storage.vector_cache import VectorCache
from assistant.storage.vectors import VectorIndex

__all__ = [
    "INDEX_FORMAT", "AnswerRecord", "AnswerRecords", "Catalog", "CatalogWriter", "FileRecord", "Generation",
    "IndexReader", "KeywordIndex", "Manifest", "Summary", "VectorCache", "VectorIndex", "current_name", "roll_back",
    "stamp", "yyyymmdd",
]  # fmt: skip
