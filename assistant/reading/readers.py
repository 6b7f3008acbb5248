"""The readers by their names: the packaged one, the small one, and any question-answering model of transformers."""

import logging
import threading
from collections.abc import Sequence

from assistant.errors import DamagedModel
from assistant.models import QuestionAnswerer, base_cross_encoder, small_cross_encoder
from assistant.reading.reader import BY_MARGIN, CrossEncoderReader, calibration_of
from assistant.types import Passage, Reader, Reading, SubQuestion

PACKAGED, SMALL = "packaged", "small"
_loading = threading.Lock()
_loaded: dict[str, CrossEncoderReader] = {}  # once a process

log = logging.getLogger(__name__)


def load_reader(name: str = PACKAGED) -> Reader:
    """PACKAGED, SMALL, or a model's folder or hub name; nothing heavy is loaded before the first question."""
    return _LazyReader(name)


class _LazyReader:
    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def _reader(self) -> CrossEncoderReader:
        with _loading:
            if self._name not in _loaded:
                _loaded[self._name] = _make(self._name)
            return _loaded[self._name]

    @property
    def threshold(self) -> float:
        return self._reader.threshold

    @property
    def unsure_threshold(self) -> float:
        return self._reader.unsure_threshold

    @property
    def notes(self) -> tuple[str, ...]:
        return self._reader.notes

    def read(self, question: SubQuestion, passages: Sequence[Passage]) -> Reading:
        return self._reader.read(question, passages)


def _make(name: str) -> CrossEncoderReader:
    if name == PACKAGED:
        return _packaged()
    return _small() if name == SMALL else CrossEncoderReader(BY_MARGIN, QuestionAnswerer(name).read)


def _packaged() -> CrossEncoderReader:
    try:
        return CrossEncoderReader(calibration_of("base_reader"), base_cross_encoder().read, only_latin=True)
    except DamagedModel as error:
        note = f"{error} Until then the small reader is used."
        log.warning(note)
        return _small(note)


def _small(*notes: str) -> CrossEncoderReader:
    return CrossEncoderReader(
        calibration_of("small_reader"), small_cross_encoder().read, only_latin=True, notes=notes
    )
