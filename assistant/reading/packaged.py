"""The readers that come with the program: the small one, and the base-size one whose base is installed by itself."""

import logging
import threading
from collections.abc import Sequence

from assistant.errors import DamagedModel, UserError
from assistant.models import base_cross_encoder, small_cross_encoder
from assistant.reading.reader import CrossEncoderReader, model_of
from assistant.types import Idf, Passage, Reader, Reading, SubQuestion

READERS = ("small", "base")
_loading = threading.Lock()
_loaded: dict[str, CrossEncoderReader] = {}  # once a process

log = logging.getLogger(__name__)


def load_reader(name: str = "small") -> Reader:
    """One of READERS; nothing heavy is loaded before the first question."""
    if name not in READERS:
        raise UserError(f"There is no reader {name!r}. The setting `reader` is one of: {', '.join(READERS)}.")
    return _LazyReader(name)


class _LazyReader:
    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _reader(self) -> CrossEncoderReader:
        with _loading:
            if self._name not in _loaded:
                _loaded[self._name] = _base() if self._name == "base" else _small()
            return _loaded[self._name]

    @property
    def threshold(self) -> float:
        return self._reader.threshold

    @property
    def notes(self) -> tuple[str, ...]:
        return self._reader.notes

    def read(
        self, question: SubQuestion, passages: Sequence[Passage], *, idf: Idf, newest: bool = False
    ) -> Reading:
        return self._reader.read(question, passages, idf=idf, newest=newest)


def _base() -> CrossEncoderReader:
    try:
        return CrossEncoderReader(model_of("base_reader"), base_cross_encoder().read)
    except DamagedModel as error:
        note = f"{error} Until then the small reader is used."
        log.warning(note)
        return _small(note)


def _small(*notes: str) -> CrossEncoderReader:
    return CrossEncoderReader(model_of("small_reader"), small_cross_encoder().read, notes=notes)
