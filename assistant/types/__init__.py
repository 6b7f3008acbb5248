"""What flows through the program: Document -> Chunk -> Passage -> Answer of Statements with Citations."""

from assistant.types.answers import Answer, Citation, Statement
from assistant.types.documents import Chunk, Document, Embedder, Passage, Source, Vectors
from assistant.types.questions import Hint, Mode, ParsedQuestion, Period, Question, SubQuestion, Turn

__all__ = [
    "Answer", "Chunk", "Citation", "Document", "Embedder", "Hint", "Mode", "ParsedQuestion", "Passage", "Period",
    "Question", "Source", "Statement", "SubQuestion", "Turn", "Vectors",
]  # fmt: skip
