"""What the page shows: answers, sources, library, document viewer, with Gradio."""
