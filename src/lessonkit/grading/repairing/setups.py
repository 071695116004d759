"""Put cells back that define what others use, when they were deleted and nothing took their place.

A cell without a label is the student's to change or delete. But whoever deletes the cell with
the imports, after running it, sees everything work until the kernel is started again. Such a cell
is put back if it imports or defines a name that code of the notebook uses and nothing else in it
defines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from lessonkit.grading.repairing.outline import FOLD_LIMIT, Outline, Wanted, defined_names

__all__ = ["needed_setups"]

_WORD = re.compile(r"[^\W\d]\w*+")
_BINDING = re.compile(r"^[ \t]*+(?:import|from)\b([^\n]*+)", re.MULTILINE)


def needed_setups(outline: Outline, present: set[int], texts: Iterable[str]) -> list[Wanted]:
    """Which deleted plain cells are needed.

    present: the places of the plain cells that are there. texts: all code that is there.
    """
    candidates = [
        (wanted, names)
        for wanted in outline.cells
        if wanted.role == "plain" and wanted.cell.kind == "code" and wanted.place not in present
        if (names := _offered(wanted.cell.source))
    ]
    if not candidates:
        return []
    used: set[str] = set()
    bound: set[str] = set()
    for text in texts:
        if len(text) <= FOLD_LIMIT:
            used.update(_WORD.findall(text))
            bound |= defined_names(text)
            for line in _BINDING.findall(text):
                bound.update(_WORD.findall(line))
    for wanted in outline.cells:
        if wanted.role == "fixed" and wanted.cell.kind == "code":
            used.update(_WORD.findall(wanted.cell.source))
    return [wanted for wanted, names in candidates if (names & used) - bound]


def _offered(source: str) -> set[str]:
    """The names of an instructor's cell that others may count on: imports, functions, classes."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()  # it begins with a magic, and runs something of its own
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {
                one.id for one in node.targets if isinstance(one, ast.Name) and one.id.isupper()
            }
    return names
