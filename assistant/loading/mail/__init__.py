"""E-mail: messages, mailboxes, and the earlier messages that are quoted in them."""
