"""Turn the bytes of a file into text, whatever wrote them."""

from __future__ import annotations

import codecs
import re

from lessonkit.grading.repairing.notes import Notes, NotGradable

__all__ = ["decoded"]

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SILENT = (  # without a mark, an opening bracket or white space tells
    (re.compile(rb"[\t\n\r {\[]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[\t\n\r {\[]"), "utf-32-be"),
    (re.compile(rb"[\t\n\r {\[]\0[^\0]"), "utf-16-le"),
    (re.compile(rb"\0[\t\n\r {\[]\0?[^\0]"), "utf-16-be"),
)
_OTHERS = (
    (re.compile(rb"PK\x03\x04"), "a ZIP archive"),
    (re.compile(rb"\x1f\x8b"), "a gzip archive"),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "a picture"),
    (re.compile(rb"\x7fELF|MZ"), "a program"),
    (re.compile(rb"SQLite format 3"), "a database"),
    (re.compile(rb"\s{0,99}<(?:!doctype|html|\?xml|head|body)", re.IGNORECASE), "a web page"),
    (re.compile(rb"version https://git-lfs"), "a reference to a file that Git keeps elsewhere"),
)
_VALID_BEYOND_ASCII = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def decoded(data: bytes, notes: Notes) -> str:
    """Return the text in *data*, without byte-order marks and zero bytes.

    Raises:
        NotGradable: There is no text; says what there is instead, where that is known.
    """
    if not data.strip(b"\0\t\n\r "):
        what = "is empty" if not data else "holds nothing but blanks or zero bytes"
        raise NotGradable(f"The file {what}.")
    for shape, what in _OTHERS:
        if shape.match(data):
            raise NotGradable(f"The file is {what}, not a notebook.")
    text = _text(data, notes)
    if text.startswith("\ufeff"):
        text = text.lstrip("\ufeff")
        notes.file("bom")
    if "\0" in text:
        text = text.replace("\0", "")
        notes.file("nul")
    return text


def _text(data: bytes, notes: Notes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            notes.file("encoding utf-16")
            return data.decode(encoding, "replace")
    for shape, encoding in _SILENT:
        if shape.match(data):
            notes.file("encoding utf-16")
            return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if _VALID_BEYOND_ASCII.search(data):
        notes.file("encoding utf-8")  # UTF-8 with some damage in it
        return data.decode("utf-8", "replace")
    notes.file("encoding cp1252")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
