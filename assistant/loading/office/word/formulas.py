"""A formula as one line: "(a + b)/2", "x^2", "√(y)"."""

from typing import Any

from assistant.loading.office.xml import M, W, children

UNSEEN = (M + "ctrlPr", M + "rPr", W + "rPr", W + "del", W + "moveFrom")
BRACKETS = {"begChr": "(", "endChr": ")"}  # unless it states others


def linear(node: Any) -> str:
    """What a node of a formula holds, from left to right; fractions, powers, indices and roots by their signs."""
    name = node.tag.removeprefix(M)
    if name == "t":
        return node.text or ""
    part = {child.tag.removeprefix(M): child for child in children(node)}
    if name == "f" and {"num", "den"} <= part.keys():
        return f"{_grouped(part['num'])}/{_grouped(part['den'])}"
    if name in ("sSup", "sSub", "sSubSup") and "e" in part:
        below = f"_{_grouped(part['sub'])}" if "sub" in part else ""
        above = f"^{_grouped(part['sup'])}" if "sup" in part else ""
        return linear(part["e"]) + below + above
    if name == "rad" and "e" in part:
        degree = linear(part["deg"]) if "deg" in part else ""
        return f"{degree}√({linear(part['e'])})"
    inside = [linear(child) for child in children(node) if child.tag not in UNSEEN]
    if name == "d":
        begin, end = (_sign(part.get("dPr"), name, usual) for name, usual in BRACKETS.items())
        return begin + ", ".join(inside) + end
    if name == "nary":
        return _sign(part.get("naryPr"), "chr", "∫") + " ".join(filter(None, inside))
    return (" " if name in ("mr", "m", "eqArr") else "").join(inside)


def _sign(properties: Any, name: str, usual: str) -> str:
    """The character that a formula states for a sign of its own."""
    stated = properties.find(M + name) if properties is not None else None
    return usual if stated is None else stated.get(M + "val", "")


def _grouped(node: Any) -> str:
    text = linear(node)
    return text if text.isalnum() or len(text) < 2 else f"({text})"
