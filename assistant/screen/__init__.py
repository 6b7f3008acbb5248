"""The page: chat, sources, library and document viewer, with Gradio."""

import os

# Gradio reads this when it is imported, and otherwise calls home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
