"""The page in Gradio: a chain and the settings come in, what the browser is served goes out."""

from assistant.web.page.layout import look, make_page

__all__ = ["look", "make_page"]
