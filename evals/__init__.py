"""Measuring the assistant: cases -> predictions -> metrics -> report.

Knows `assistant.types` and `assistant.errors` and nothing else of the program: what is measured is any
function from a Question to an Answer.
"""

import assistant  # noqa: F401 - before any library: it keeps them from calling their makers
