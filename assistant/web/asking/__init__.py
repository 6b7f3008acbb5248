"""Conversations on the server: what is asked, whose turn it is, what is kept."""

from assistant.web.asking.conversation import Exchange, Feedback, Pages, parse_day
from assistant.web.asking.conversation_store import ConversationStore
from assistant.web.asking.conversations import AT_ONCE, Conversation, Conversations
from assistant.web.asking.feedback import noted

__all__ = [
    "AT_ONCE", "Conversation", "ConversationStore", "Conversations", "Exchange", "Feedback", "Pages", "noted",
    "parse_day",
]  # fmt: skip
