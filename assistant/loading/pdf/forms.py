"""The fields of a form on a page of a PDF -> lines where they stand: "name: value"."""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.loading.normalising import one_line
from assistant.loading.pdf.lines import Line

TICKED = "yes"
TALLEST = 14.0  # points: a field of several lines counts as one at its top
NEAR = 8  # times its size is the printed name of a field away, at most


def field_lines(form: Any, page: Any, printed: Sequence[Line]) -> list[Line]:
    """What is filled in, and ticked; the name is left out where it is printed beside the field already."""
    return [
        replace(line, text=f"{name}: {value}" if name and not _is_named(name, line, printed) else value)
        for name, value, line in _fields(form, page, len(printed))
        if value
    ]


def _fields(form: Any, page: Any, order: int) -> Iterator[tuple[str, str, Line]]:
    import pypdfium2.raw as pdfium

    for at in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, at)
        if not annotation:
            continue
        try:
            if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET:
                continue
            if pdfium.FPDFAnnot_GetFlags(annotation) & (
                pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
            ):
                continue
            box = pdfium.FS_RECTF()
            pdfium.FPDFAnnot_GetRect(annotation, box)
            bottom = max(box.bottom, box.top - TALLEST)
            line = Line("", box.left, box.right, bottom, box.top, order=order + at)
            yield _name(form, annotation), _value(form, annotation), line
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _name(form: Any, annotation: Any) -> str:
    """What a reader is told of a field, or the last part of its name."""
    import pypdfium2.raw as pdfium

    shown = _text(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    full = _text(pdfium.FPDFAnnot_GetFormFieldName, form, annotation)
    return shown or full.rpartition(".")[2]


def _value(form: Any, annotation: Any) -> str:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        if not pdfium.FPDFAnnot_IsChecked(form, annotation):
            return ""
        if kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
            return TICKED
        return _text(pdfium.FPDFAnnot_GetFormFieldExportValue, form, annotation) or TICKED
    if kind in (pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE):
        return ""
    if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD:
        flags = pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation)
        if flags & pdfium.FPDF_FORMFLAG_TEXT_PASSWORD:
            return ""
    return _text(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)


def _text(read: Callable[..., int], *arguments: Any) -> str:
    import pypdfium2.raw as pdfium

    size = read(*arguments, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(*arguments, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return one_line(buffer.raw.decode("utf-16-le", "replace").rstrip("\0"))


def _is_named(name: str, field: Line, printed: Sequence[Line]) -> bool:
    """Whether the name stands to the left of the field, or above it."""
    plain = name.lower().strip(" :")
    return any(
        plain in line.text.lower()
        and line.left < field.right
        and field.left - line.right < NEAR * field.size
        and line.top > field.bottom
        and line.bottom - field.top < field.size
        for line in printed
    )
