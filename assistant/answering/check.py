"""The check by the name under which writing looks for it; it lives in `assistant.checking`."""

from assistant.checking import check, supporting_spans

__all__ = ["check", "supporting_spans"]
