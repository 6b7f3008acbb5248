"""A number as the formats of Word's lists write it."""

from collections.abc import Callable

LARGEST_ROMAN = 3999
WIDEST = 9  # digits of a number that is filled up with zeros
MOST_REPEATS = 30  # of a letter: "aa" follows "z"
ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
]  # fmt: skip
LATIN = "abcdefghijklmnopqrstuvwxyz"
RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
CHICAGO = "*†‡§"
CHINESE = "〇一二三四五六七八九"
FULL_WIDTH = "０１２３４５６７８９"
UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
""".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
}
ORDINALS |= {"twelve": "twelfth"}


def repeated(alphabet: str) -> Callable[[int], str]:
    """a … z, aa, bb … zz."""

    def letters(number: int) -> str:
        times, at = divmod(number - 1, len(alphabet))
        return alphabet[at] * (times + 1) if 0 <= times < MOST_REPEATS else str(number)

    return letters


def counted_from(first: str, last: str) -> Callable[[int], str]:
    """Characters that are numbers: ① … ⑳."""

    def character(number: int) -> str:
        code = ord(first) + number - 1
        return chr(code) if ord(first) <= code <= ord(last) else str(number)

    return character


def digits(ten: str) -> Callable[[int], str]:
    return lambda number: str(number).translate(str.maketrans("0123456789", ten))


def roman(number: int) -> str:
    if not 0 < number <= LARGEST_ROMAN:
        return str(number)
    text = ""
    for amount, letters in ROMAN:
        times, number = divmod(number, amount)
        text += letters * times
    return text


def ordinal(number: int) -> str:
    """1st, 2nd, 11th."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number // 10 % 10 == 1 else endings.get(number % 10, 'th')}"


def cardinal_text(number: int) -> str:
    """One, Twenty-one: in English, whatever the document's language."""
    if number >= 100:
        return str(number)
    tens, unit = divmod(number, 10)
    small = UNITS[number] if number < 20 else TENS[tens - 2] + (f"-{UNITS[unit]}" if unit else "")
    return small.capitalize()


def ordinal_text(number: int) -> str:
    """First, Twenty-first."""
    if number >= 100:
        return ordinal(number)
    head, dash, last = cardinal_text(number).lower().rpartition("-")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return (head + dash + ORDINALS.get(last, regular)).capitalize()


def chinese(number: int) -> str:
    """十一, 二十."""
    tens, unit = divmod(number, 10)
    if not 10 <= number < 100:
        return digits(CHINESE)(number)
    return (CHINESE[tens] if tens > 1 else "") + "十" + (CHINESE[unit] if unit else "")


def capitals(lower: Callable[[int], str]) -> Callable[[int], str]:
    return lambda number: lower(number).upper()


NUMERALS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "none": lambda _: "",
    "bullet": lambda _: "",
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": repeated(LATIN),
    "upperLetter": repeated(LATIN.upper()),
    "lowerRoman": roman,
    "upperRoman": capitals(roman),
    "ordinal": ordinal,
    "cardinalText": cardinal_text,
    "ordinalText": ordinal_text,
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    "chicago": repeated(CHICAGO),
    "russianLower": repeated(RUSSIAN),
    "russianUpper": repeated(RUSSIAN.upper()),
    "decimalEnclosedCircle": counted_from("①", "⑳"),
    "decimalEnclosedCircleChinese": counted_from("①", "⑳"),
    "decimalEnclosedParen": counted_from("⑴", "⒇"),
    "decimalEnclosedFullstop": counted_from("⒈", "⒛"),
    "decimalFullWidth": digits(FULL_WIDTH),
    "decimalFullWidth2": digits(FULL_WIDTH),
    "ideographDigital": digits(CHINESE),
    **dict.fromkeys(
        [
            "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
            "taiwaneseCountingThousand",
        ],
        chinese,
    ),
}  # fmt: skip


def written(number: int, format: str) -> str:
    """`number` in a format of Word; in figures where the format is none of these.

    A format of one's own is given by its first numbers: "001, 002, 003, ...".
    """
    if "," in format:
        width = min(len(format.split(",")[0].strip()), WIDEST)
        return f"{number:0{width}}"
    return NUMERALS.get(format, str)(number)
