"""The digits of a number in the places that an Excel format has for them: "#,##0.00", "0.0E+00", "# ?/?".

A place is 0 (always a digit), # (only where the number has one) or ? (else a blank).
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

# (kind, words): "digit" is a place, "mark" a sign of the format, "words" stand as they are.
Parts = tuple[tuple[str, str], ...]

EMPTY = {"0": "0", "#": "", "?": " "}
POINT, COMMA, SLASH = ("mark", "."), ("mark", ","), ("mark", "/")


def with_digits(parts: Parts, number: Decimal) -> str:
    """Rounded to the places after the point; commas group by thousands, or divide by them after the last place."""
    point = parts.index(POINT) if POINT in parts else len(parts)
    places = [at for at, (kind, _) in enumerate(parts) if kind == "digit"]
    before, after = [at for at in places if at < point], [at for at in places if at > point]
    commas = [at for at, part in enumerate(parts) if part == COMMA and places]
    grouped = any(before[0] < at < before[-1] for at in commas) if before else False
    thousands = sum(at > (before or after)[-1] for at in commas if at < point) or sum(
        at > places[-1] for at in commas
    )
    rounded = number.scaleb(-3 * thousands).quantize(Decimal(1).scaleb(-len(after)))
    whole, _, rest = f"{abs(rounded):f}".partition(".")
    shown = _from_the_right(parts, before, whole.lstrip("0"), grouped=grouped)
    filled = dict(zip(reversed(before), shown, strict=True))
    filled |= dict(zip(after, _from_the_left(parts, after, rest), strict=True))
    words = (filled.get(at, "" if part == COMMA and places else part[1]) for at, part in enumerate(parts))
    return "-" * (number < 0) + "".join(words)


def _from_the_right(parts: Parts, places: list[int], digits: str, *, grouped: bool) -> Iterator[str]:
    """What stands in each place, the last one first; the first place takes all digits that are left."""
    shown = 0
    for at in reversed(places):
        left = len(digits) - shown if at == places[0] else 1
        taken = ""
        for _ in range(max(left, 1)):
            digit = digits[-1 - shown] if shown < len(digits) else EMPTY[parts[at][1]]
            taken = digit + ("," if grouped and digit.isdigit() and shown and shown % 3 == 0 else "") + taken
            shown += 1
        yield taken


def _from_the_left(parts: Parts, places: list[int], digits: str) -> Iterator[str]:
    significant = len(digits.rstrip("0"))
    for number, (at, digit) in enumerate(zip(places, digits, strict=True)):
        yield digit if number < significant else EMPTY[parts[at][1]]


def scientific(parts: Parts, number: Decimal) -> str:
    """1.25E+06, with as many places before the point as the format has."""
    at = next(at for at, (kind, _) in enumerate(parts) if kind == "exponent")
    places = sum(kind == "digit" for kind, _ in parts[: parts.index(POINT) if POINT in parts[:at] else at])
    power = number.adjusted() // max(places, 1) * max(places, 1) if number else 0
    sign = "-" if power < 0 else "+" if "+" in parts[at][1] else ""
    exponent = f"E{sign}{abs(power):0{len(parts[at][1]) - 2}d}"
    return (
        with_digits(parts[:at], number.scaleb(-power))
        + exponent
        + "".join(words for _, words in parts[at + 1 :])
    )


def fraction(parts: Parts, number: Decimal) -> str:
    """2 1/2; empty where the format is of another kind."""
    if SLASH not in parts or ("digit", "?") not in parts:
        return ""
    slash = parts.index(SLASH)
    below = [words for kind, words in parts[slash + 1 :] if kind == "digit" or words.isdigit()]
    fixed = "".join(below)
    size = abs(Fraction(number))
    if fixed.isdigit() and int(fixed):
        above, under = round(size * int(fixed)), int(fixed)
    else:
        above, under = size.limit_denominator(10 ** min(len(below), 7) - 1).as_integer_ratio()
    mixed = ("mark", " ") in parts[:slash]
    whole, above = divmod(above, under) if mixed else (0, above)
    shown = f"{whole or ''} {above}/{under}" if above or not mixed else str(whole)
    return "-" * (number < 0) + shown.strip()
