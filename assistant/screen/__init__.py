"""The page: chat, sources, library and document viewer, with Gradio."""
