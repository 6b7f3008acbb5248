"""What flows through the program: Document -> Chunk -> Passage -> Reading -> Answer of Statements with Citations."""

from assistant.types.answers import Answer, Candidate, Citation, State, Statement
from assistant.types.documents import Chunk, Document, Embedder, Passage, Source, Vectors
from assistant.types.questions import (
    Hint,
    Mode,
    ParsedQuestion,
    Period,
    Question,
    SubQuestion,
    Turn,
)
from assistant.types.readings import Idf, Reader, Reading, ReadSentence, SentenceSpan

__all__ = [
    "Answer", "Candidate", "Chunk", "Citation", "Document", "Embedder", "Hint", "Idf", "Mode",
    "ParsedQuestion", "Passage", "Period", "Question", "ReadSentence", "Reader", "Reading", "SentenceSpan",
    "Source", "State", "Statement", "SubQuestion", "Turn", "Vectors",
]  # fmt: skip
