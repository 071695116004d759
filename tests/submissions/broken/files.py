"""Files that are cut off, mixed up, in another encoding, or no notebooks at all."""

from __future__ import annotations

import difflib
import io
import json
import zipfile

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, text_cell

__all__: list[str] = []


@case(says="byte-order mark")
def with_byte_order_mark(draft: Draft) -> None:
    """The file begins with a byte-order mark, as Windows writes it."""
    draft.content = b"\xef\xbb\xbf" + draft.as_json()


@case(says="UTF-16")
def in_utf_16(draft: Draft) -> None:
    """The file is in UTF-16 with a byte-order mark."""
    draft.content = draft.as_json().decode().encode("utf-16")


@case(says="UTF-16")
def in_utf_16_unmarked(draft: Draft) -> None:
    """The file is in big-endian UTF-16 without a byte-order mark."""
    draft.content = draft.as_json().decode().encode("utf-16-be")


@case(says="older encoding")
def in_latin_1(draft: Draft) -> None:
    """The file is in Latin-1, and there is an umlaut in it."""
    draft.write("q1-answer", ANSWERS["q1-answer"] + "  # Fläche")
    draft.content = draft.as_json().decode().encode("latin-1")


@case(says="bytes that are not text")
def with_spoilt_bytes(draft: Draft) -> None:
    """A few bytes in the text of the title are spoilt."""
    draft.write("title", "# Grüße, übrigens")
    draft.content = draft.as_json().replace("Grü".encode(), b"Gr\xff\xfe")


@case(status="graded")
def with_line_ends_of_windows(draft: Draft) -> None:
    """The lines of the file, not of the cells, end as on Windows."""
    draft.content = draft.as_json().replace(b"\n", b"\r\n")


@case(says="zero bytes")
def with_zero_bytes(draft: Draft) -> None:
    """The file goes on with zero bytes, as after a full disk or a crash."""
    draft.content = draft.as_json() + bytes(512)


@case(says=("not valid JSON",))
def cut_off_at_the_end(draft: Draft) -> None:
    """The last hundred bytes are missing: in the closing text."""
    draft.content = draft.as_json()[:-100]


@case(lost="q4 q5 q6", says=("not valid JSON", "missing"))
def cut_off_before_the_fourth_answer(draft: Draft) -> None:
    """The download broke off in the text of the fourth question."""
    text = draft.as_json()
    draft.content = text[: text.index(b"## Q4") + 30]


@case(lost="q5 q6", says=("not valid JSON", "cut off"))
def cut_off_in_an_answer(draft: Draft) -> None:
    """The download broke off in the middle of the fifth answer."""
    text = draft.as_json()
    draft.content = text[: text.index(b"os.close(w)")]


@case(says="before or after")
def with_rest_of_an_older_file(draft: Draft) -> None:
    """A shorter notebook was written over a longer one."""
    draft.content = draft.as_json() + b'"source": [\n    "old"\n   ]\n  }\n ]\n}\n'


@case(says="before or after")
def with_headers_before_it(draft: Draft) -> None:
    """The file begins with the headers of an answer from the web."""
    draft.content = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + draft.as_json()


@case(says="before or after")
def twice_in_a_file(draft: Draft) -> None:
    """The notebook is in the file twice."""
    draft.content = draft.as_json() * 2


@case(says="merge conflict")
def conflict_with_the_released(draft: Draft) -> None:
    """Git left both sides of each answer: the student's, and the one that was handed out."""
    _conflict(draft, ours_is_good=True)


@case(says="merge conflict")
def conflict_the_other_way_round(draft: Draft) -> None:
    """The same after a rebase, which swaps the sides."""
    _conflict(draft, ours_is_good=False)


@case(says="merge conflict")
def conflict_with_work_on_both_sides(draft: Draft) -> None:
    """Two answers were written on one machine, and four on another."""
    other = Draft()
    other.blank("q1-answer", "q2-answer", "q3-answer", "q4-answer")
    draft.blank("q5-answer", "q6-answer")
    draft.content = _merged_files(other, draft)


@case(says="merge conflict")
def conflict_of_a_title(draft: Draft) -> None:
    """Git left both sides of a title."""
    text = draft.as_json().decode()
    line = '    "# Six small programs\\n",\n'
    assert line in text
    both = f'<<<<<<< HEAD\n{line}=======\n    "# Seven\\n",\n>>>>>>> theirs\n'
    draft.content = text.replace(line, both).encode()


@case(says="not valid JSON")
def with_a_comma_too_many(draft: Draft) -> None:
    """The list of cells ends with a comma, after editing by hand."""
    text = draft.as_json().decode()
    draft.content = text.replace("  }\n ],", "  },\n ],").encode()


@case(says="not valid JSON")
def without_a_bracket(draft: Draft) -> None:
    """A bracket is missing in the middle."""
    text = draft.as_json()
    place = text.index(b"q3-test")
    close = text.index(b"  },\n  {", place)
    draft.content = text[:close] + text[close + 5 :]


@case(says="not valid JSON")
def with_a_spoilt_label(draft: Draft) -> None:
    """A few bytes in the metadata of an answer were overwritten."""
    text = draft.as_json()
    place = text.index(b'"grade_id": "q2-answer"')
    draft.content = text[:place] + b'"\x01\x02,:{]"""' + text[place + 10 :]


@case(says="twice")
def with_keys_twice(draft: Draft) -> None:
    """A merge left two lists of cells, the last of which is the right one."""
    text = draft.as_json().decode()
    draft.content = text.replace("{", '{"cells": [],', 1).encode()


@case(says="wrapped")
def wrapped_as_a_string(draft: Draft) -> None:
    """The notebook is a string of JSON within JSON."""
    draft.content = json.dumps(draft.as_json().decode()).encode()


@case(says="wrapped")
def wrapped_by_a_server(draft: Draft) -> None:
    """The notebook is as a Jupyter server sends it, with its name and type around."""
    content = json.loads(draft.as_json())
    draft.content = json.dumps(
        {"name": "proc.ipynb", "type": "notebook", "content": content}
    ).encode()


@case(says="deeply nested")
def nested_deeply(draft: Draft) -> None:
    """Metadata are nested a hundred thousand deep."""
    text = draft.as_json().decode()
    deep = "[" * 100_000 + "]" * 100_000
    draft.content = text.replace('"metadata": {}', f'"metadata": {{"x": {deep}}}', 1).encode()


@case(status="graded")
def with_numbers_that_are_none(draft: Draft) -> None:
    """Metadata hold NaN, infinity and a number of ten thousand digits."""
    text = draft.as_json().decode()
    numbers = f'"metadata": {{"a": NaN, "b": -Infinity, "c": {"9" * 10_000}}}'
    draft.content = text.replace('"metadata": {}', numbers, 1).encode()


@case(status="not gradable", lost="all", says="empty")
def no_bytes(draft: Draft) -> None:
    """The file is empty."""
    draft.content = b""


@case(status="not gradable", lost="all", says="zero bytes")
def only_zero_bytes(draft: Draft) -> None:
    """The file holds zero bytes only."""
    draft.content = bytes(4096)


@case(status="not gradable", lost="all", says="holds nothing")
def only_brackets(draft: Draft) -> None:
    """The file is an empty JSON object."""
    draft.content = b"{}"


@case(status="not gradable", lost="all", says="not a notebook")
def random_bytes(draft: Draft) -> None:
    """The file is noise."""
    draft.content = bytes((value * value * 7 + value // 3) % 256 for value in range(5000))


@case(status="not gradable", lost="all", says="web page")
def a_web_page(draft: Draft) -> None:
    """The page that shows the notebook was saved instead of the notebook."""
    draft.content = b"<!DOCTYPE html>\n<html><head><title>proc</title></head></html>\n"


@case(status="not gradable", lost="all", says="ZIP")
def a_zip_archive(draft: Draft) -> None:
    """The notebook was packed, and the archive called proc.ipynb."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("proc.ipynb"), draft.as_json())
    draft.content = packed.getvalue()


@case(status="not gradable", lost="all", says="not a notebook")
def a_python_program(draft: Draft) -> None:
    """The notebook was exported as a Python program, and that was renamed."""
    draft.content = "\n\n".join(ANSWERS.values()).encode()


@case(status="not gradable", lost="all", says="no cells")
def no_cells(draft: Draft) -> None:
    """The notebook has no cells."""
    draft.cells.clear()


@case(status="not gradable", lost="all", says="another notebook")
def of_another_assignment(draft: Draft) -> None:
    """The notebook is of another assignment."""
    for number, cell in enumerate(draft.cells):
        cell["id"] = f"other-{number}"
        cell["source"] = f"# Other text {number}"
        cell["metadata"] = {"nbgrader": {"grade_id": f"other-{number}", "schema_version": 3}}


@case(status="not gradable", lost="all", says="empty")
def new_and_empty(draft: Draft) -> None:
    """A new notebook with one blank cell."""
    draft.cells[:] = [text_cell("")]


def _conflict(draft: Draft, *, ours_is_good: bool) -> None:
    blank = Draft()
    blank.blank()
    draft.content = _merged_files(draft, blank) if ours_is_good else _merged_files(blank, draft)


def _merged_files(first: Draft, second: Draft) -> bytes:
    ours, theirs = (one.as_json().decode().splitlines(keepends=True) for one in (first, second))
    return "".join(_merged(ours, theirs)).encode()


def _merged(ours: list[str], theirs: list[str]) -> list[str]:
    lines: list[str] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs).get_opcodes():
        if kind == "equal":
            lines += ours[a:b]
        else:
            lines += ["<<<<<<< HEAD\n", *ours[a:b], "=======\n", *theirs[c:d], ">>>>>>> main\n"]
    return lines
