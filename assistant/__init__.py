"""Answers questions over a body of documents; every sentence can be checked against the words it cites."""

import os

__version__ = "0.1.0"

# Libraries read these when they are imported or first used, and otherwise call their makers. This module comes before
# all of them, and processes that it starts inherit them. What a user has set is overridden: there is no reason to have
# this program call anybody, and the variable may be meant for another one.
os.environ |= {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime, which also keeps a device id; its function for this comes too late
    "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio; it asks for its newest version too
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, hf_xet, transformers, gradio_client
    "ANONYMIZED_TELEMETRY": "False",  # Chroma; 1.5 sends nothing any more
    "DO_NOT_TRACK": "1",  # any other that heeds it
}
