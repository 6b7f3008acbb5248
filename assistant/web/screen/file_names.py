"""The name of an uploaded file -> one that every system takes, and that shows all that it is."""

import re
import unicodedata

LONGEST = 120  # bytes; file systems allow 255, and a number may be added
LONGEST_SUFFIX = 16  # bytes; what is longer is no suffix

# What Windows forbids: in a name, and as a name.
_FORBIDDEN = set('<>:"|?*')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)")
# Letters, marks and signs that one cannot see.
_DRAWN_AS_NOTHING = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Letters of some scripts, and the parts of an emoji, are joined by these; anywhere else they only hide.
_JOINERS = set("\u200c\u200d")
_JOINED = r"[^\x00-\x7f\u200c\u200d]"
_LOOSE_JOINER = re.compile(rf"(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})")
_OF_OFFICE = re.compile(r"^~\$")  # a lock file, which the indexer leaves out


def safe_name(name: str) -> str:
    """A plain, visible file name: no path, nothing that hides it from a reader, a system or the indexer."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    drawn = _LOOSE_JOINER.sub("_", " ".join("".join(map(_drawn, last)).split()))
    drawn = _OF_OFFICE.sub("__", drawn.strip(". "))
    if _RESERVED.match(drawn):
        drawn = f"_{drawn}"
    stem, suffix = _divided(drawn)
    if not any(unicodedata.category(letter)[0] in "LNPS" for letter in stem):
        stem = "document"
    if f"{stem}{suffix}".lower() == "readme.md":
        stem = f"{stem} (uploaded)"  # the indexer leaves README.md out
    return stem + suffix


def _drawn(letter: str) -> str:
    """The character, or one that stands for it where it is not seen, turns the text around or is forbidden."""
    kind = unicodedata.category(letter)
    if kind == "Zs":
        return " "
    # Emoji newer than Python's tables have no category there.
    known = kind != "Cn" or "\U0001f000" <= letter <= "\U0001faff"
    hidden = kind in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") or not known or letter in _DRAWN_AS_NOTHING
    return "_" if (hidden and letter not in _JOINERS) or letter in _FORBIDDEN else letter


def _divided(name: str) -> tuple[str, str]:
    """What stands before the suffix, cut to fit with it, and the suffix with its dot, if there is one."""
    stem, dot, ending = name.rpartition(".")
    suffix = f"{dot}{ending}" if stem and dot and len(ending.encode()) <= LONGEST_SUFFIX else ""
    stem = name[: len(name) - len(suffix)]
    cut = stem.encode()[: LONGEST - len(suffix.encode())].decode(errors="ignore")
    return cut.rstrip(" .\u200c\u200d"), suffix
