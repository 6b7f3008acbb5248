"""Who may reach the page, and what of it: each request passes here before anything else sees it."""

from assistant.web.doors.access import Access, Doors, address_of
from assistant.web.doors.gate import Gate
from assistant.web.doors.headers import SafeHeaders
from assistant.web.doors.login import add_login
from assistant.web.doors.passwords import hashed

__all__ = ["Access", "Doors", "Gate", "SafeHeaders", "add_login", "address_of", "hashed"]
