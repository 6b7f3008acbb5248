"""Conversations on the server: what is asked, whose turn it is, what is kept."""

from assistant.web.asking.conversation import Exchange, Pages, parse_day
from assistant.web.asking.conversation_store import ConversationStore
from assistant.web.asking.conversations import AT_ONCE, Conversation, Conversations

__all__ = [
    "AT_ONCE", "Conversation", "ConversationStore", "Conversations", "Exchange", "Pages", "parse_day",
]  # fmt: skip
