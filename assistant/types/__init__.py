"""What flows through the program: Document -> Chunk -> Passage -> Reading -> Answer of Statements with Citations."""

from assistant.types.answers import Answer, Candidate, Citation, State, Statement
from assistant.types.documents import (
    Block,
    BlockKind,
    Chunk,
    Context,
    Document,
    Embedder,
    Heading,
    PageMap,
    Passage,
    Source,
    Vectors,
)
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
    "Answer",
    "Block",
    "BlockKind",
    "Candidate",
    "Chunk",
    "Citation",
    "Context",
    "Document",
    "Embedder",
    "Heading",
    "Hint",
    "Idf",
    "Mode",
    "PageMap",
    "ParsedQuestion",
    "Passage",
    "Period",
    "Question",
    "ReadSentence",
    "Reader",
    "Reading",
    "SentenceSpan",
    "Source",
    "State",
    "Statement",
    "SubQuestion",
    "Turn",
    "Vectors",
]  # fmt: skip
