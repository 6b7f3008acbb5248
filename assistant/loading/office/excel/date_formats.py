"""A day and time as Excel counts them -> as the format of a cell shows them."""

from datetime import datetime, timedelta

from assistant.loading.office.excel.digits import Parts

DAY = 86_400  # seconds
LEAP = 60  # the 29th of February 1900, a day that only Excel knows


def shown_date(parts: Parts, serial: float, language: str, *, from_1904: bool) -> str:
    """Empty for days that Excel does not have; months and days have their names in `language`, or else in English."""
    timed = [(at, words.lower()) for at, (kind, words) in enumerate(parts) if kind in ("date", "elapsed")]
    exact = max((len(words.partition(".")[2]) for _, words in timed), default=0)
    seconds = round(serial * DAY, exact)
    when = _moment(seconds, from_1904=from_1904)
    if when is None:
        return ""
    units = [words[0] for _, words in timed]
    minutes = {
        at
        for number, (at, _) in enumerate(timed)
        if units[number] == "m" and ("h" in units[:number][-1:] or "s" in units[number + 1 :][:1])
    }
    half = any(kind == "half" for kind, _ in parts)
    pieces = []
    for at, (kind, words) in enumerate(parts):
        if kind == "elapsed":
            pieces.append(_elapsed(seconds, words))
        elif kind == "date" and (at in minutes or words[0].lower() in "hs"):
            pieces.append(_time(when, words.lower(), half=half))
        elif kind == "date":
            pieces.append(_day(when, words.lower(), language))
        elif kind == "half":
            pieces.append(words.split("/")[when.hour >= 12])
        else:
            pieces.append(words)
    return "".join(pieces)


def _moment(seconds: float, *, from_1904: bool) -> datetime | None:
    start = datetime(1899, 12, 31) if seconds < LEAP * DAY else datetime(1899, 12, 30)
    try:
        return (
            (datetime(1904, 1, 1) if from_1904 else start) + timedelta(seconds=seconds)
            if seconds >= 0
            else None
        )
    except OverflowError:
        return None


def _elapsed(seconds: float, words: str) -> str:
    """[h], [mm]: all the hours, minutes or seconds."""
    return f"{int(seconds // {'h': 3600, 'm': 60, 's': 1}[words[0]]):0{len(words)}d}"


def _time(when: datetime, words: str, *, half: bool) -> str:
    unit, _, exact = words.partition(".")
    if exact:
        return f"{when.second:0{len(unit)}d}.{f'{when.microsecond:06d}'[: len(exact)]}"
    hour = (when.hour % 12 or 12) if half else when.hour
    value = {"h": hour, "m": when.minute, "s": when.second}[unit[0]]
    return f"{value:0{min(len(unit), 2)}d}"


def _day(when: datetime, words: str, language: str) -> str:
    if words[0] == "y":
        return f"{when.year % 100:02d}" if len(words) <= 2 else f"{when.year:04d}"
    value = when.month if words[0] == "m" else when.day
    if len(words) <= 2:
        return f"{value:0{len(words)}d}"
    name = _name(when, words[0], language, wide=len(words) != 3)
    return name[:1] if len(words) == 5 else name


def _name(when: datetime, unit: str, language: str, *, wide: bool) -> str:
    """Of the month or of the day of the week."""
    from babel import Locale, UnknownLocaleError

    try:
        known = Locale.parse(language or "en")
    except (UnknownLocaleError, ValueError):
        known = Locale.parse("en")
    names = known.months["format"] if unit == "m" else known.days["format"]
    name: str = names["wide" if wide else "abbreviated"][when.month if unit == "m" else when.weekday()]
    return name if wide else name.rstrip(".")
