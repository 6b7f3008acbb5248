"""What the page shows, as HTML: answers, sources, library, document viewer; and the files that wait to be taken in."""

from assistant.web.screen.library import LARGEST
from assistant.web.screen.rendering import environment
from assistant.web.screen.uploads import MOST_WAITING, SWEPT, Uploads, upload_folder
from assistant.web.screen.viewer import document_page, message_page

__all__ = [
    "LARGEST", "MOST_WAITING", "SWEPT", "Uploads", "document_page", "environment",
    "message_page", "upload_folder",
]  # fmt: skip
