"""Put notebooks into the one form that is kept in git, or say which are not in it.

    python tools/normalise_notebooks.py [--check] [FILE...]

No outputs, no execution counts, only known metadata, a stable id for every cell (the
nbgrader id where there is one), LF line ends, indent 1 and sorted keys: the form in which
nbgrader writes too, so that `nbgrader generate_assignment` needs no step after it. Paragraphs
of text are set in lines of at most 100 characters, so that a difference shows what changed.
Without files: every notebook below source/, course/ and autograder/samples/.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from wrap_markdown import wrapped

__all__ = ["normalised", "normalised_text", "notebooks_below"]

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("source", "course", "autograder/samples")

NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = {"deletable", "editable", "nbgrader", "tags"}
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

JsonObject = dict[str, Any]


def normalised(notebook: JsonObject) -> JsonObject:
    """Return the notebook (nbformat 4) in its kept form; the argument is not changed.

    Raises:
        ValueError: it is not a notebook of format 4.
    """
    if notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise ValueError("not a notebook of format 4")
    seen: set[str] = set()
    return {
        "cells": [_normalised_cell(cell, seen) for cell in notebook["cells"]],
        "metadata": NOTEBOOK_METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def normalised_text(text: str) -> str:
    """Return the text of a notebook file in its kept form."""
    notebook = normalised(json.loads(text))
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def notebooks_below(root: Path) -> list[Path]:
    """Return the notebooks that git keeps below *root*, in order of name."""
    return sorted(
        path
        for folder in FOLDERS
        for path in (root / folder).rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )


def _normalised_cell(cell: JsonObject, seen: set[str]) -> JsonObject:
    source = cell.get("source", "")
    source = source if isinstance(source, str) else "".join(source)
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if cell["cell_type"] == "markdown":
        source = wrapped(source)
    metadata = {
        key: value
        for key, value in cell.get("metadata", {}).items()
        # An empty entry means what no entry means, and tools disagree on which to write.
        if key in KEPT_CELL_METADATA and value not in ({}, [])
    }
    if cell.get("metadata", {}).get("jupyter", {}).get("source_hidden"):
        # A form whose code holds what is to be read after the answer. What a reader folded
        # away in the outputs is theirs, and not kept.
        metadata["jupyter"] = {"source_hidden": True}
    kept: JsonObject = {
        "cell_type": cell["cell_type"],
        "id": _cell_id(cell, metadata, source, seen),
        "metadata": metadata,
        "source": source.splitlines(keepends=True),
    }
    if cell["cell_type"] == "code":
        kept |= {"execution_count": None, "outputs": []}
    elif cell.get("attachments"):
        kept["attachments"] = cell["attachments"]
    return kept


def _cell_id(cell: JsonObject, metadata: JsonObject, source: str, seen: set[str]) -> str:
    """Prefer the nbgrader id, then the id there is, then one that follows from the text."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    wanted = [metadata.get("nbgrader", {}).get("grade_id"), cell.get("id"), digest]
    wanted += [f"{digest}-{number}" for number in range(2, 1000)]
    for name in wanted:
        if isinstance(name, str) and CELL_ID.fullmatch(name) and name not in seen:
            seen.add(name)
            return name
    raise ValueError("a thousand cells with the same text")


def main() -> int:
    """Normalise or check the notebooks; the exit status is 1 if one was not in form."""
    parser = argparse.ArgumentParser(description="Keep notebooks in the form that git keeps.")
    parser.add_argument("--check", action="store_true", help="change nothing, only say")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    options = parser.parse_args()
    changed = 0
    for path in options.files or notebooks_below(ROOT):
        before = path.read_bytes()
        try:
            after = normalised_text(before.decode()).encode()
        except (ValueError, KeyError) as problem:
            print(f"{path}: damaged: {problem}")
            changed += 1
            continue
        if after != before:
            changed += 1
            print(f"{path}: {'not in form (make format)' if options.check else 'normalised'}")
            if not options.check:
                path.write_bytes(after)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
