"""The words of a question, and the conversation before them -> what is asked."""

from assistant.question.choices import chosen_in
from assistant.question.parse import LONGEST, parse_question, read_as, without_phrases
from assistant.question.small_talk import small_talk

__all__ = ["LONGEST", "chosen_in", "parse_question", "read_as", "small_talk", "without_phrases"]
