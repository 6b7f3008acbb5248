"""Measuring the assistant: cases -> predictions -> metrics -> report; and training what it reads by.

`cases`, `metrics` and `runs` know `assistant.types` and `assistant.errors` and nothing else of the program: what they
measure is any function from a Question to an Answer. `benchmarks` and `training` know its parts.
"""

import assistant  # noqa: F401 - before any library: it keeps them from calling their makers
