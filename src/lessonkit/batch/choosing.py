"""Find an assignment's notebooks among files that may bear other names.

Browsers, editors and learning platforms rename: "proc (1).ipynb", "proc-Copy1.ipynb",
"Proc.ipynb", "proc.ipynb.txt", "ada_proc.ipynb", a folder around it. The exact name in the
submission's own folder always wins; then the nearest name; among equals the newest file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Candidate", "chosen_notebooks", "looks_like_notebook"]

_ENDING = re.compile(r"\.ipynb(?:\.(?:txt|json|bak))?$|\.json$", re.IGNORECASE)
_COPY = re.compile(
    r"""^(?:(?:copy|kopie)\ of[ _-]?|kopie\ von[ _-]?)?
        (?P<name>.+?)
        (?:[ _-]*(?:\(\d{1,3}\)|-?copy\d{0,3}|copy(?:\ \(\d{1,3}\))?|kopie(?:\ \(\d{1,3}\))?
        |\d{1,3}))*+$""",
    re.IGNORECASE | re.VERBOSE,
)
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a notebook. path: below the submission's folder. changed: nanoseconds."""

    path: str
    changed: int
    content: bytes


def looks_like_notebook(path: str, names: tuple[str, ...]) -> bool:
    """Whether a file is a candidate by its name; "data.json" is one only for "data"."""
    name = path.rpartition("/")[2]
    ending = _ENDING.search(name)
    if ending is None:
        return False
    if ending.group().lower() == ".json":
        return any(_distance(path, wanted) is not None for wanted in names)
    return True


def chosen_notebooks(
    candidates: list[Candidate], names: tuple[str, ...]
) -> tuple[dict[str, bytes], dict[str, str], list[str]]:
    """Return the notebooks by name; why one is missing, by name; and what is to be said."""
    found: dict[str, Candidate] = {}
    left = list(candidates)
    ranked = [
        (distance, -one.changed, one.path, name, one)
        for name in names
        for one in candidates
        if (distance := _distance(one.path, name)) is not None
    ]
    for *_, name, one in sorted(ranked, key=lambda rank: rank[:4]):
        if name not in found and one in left:
            found[name] = one
            left.remove(one)
    if len(names) == 1 and not found and len(left) == 1:
        # One notebook is asked for and one is there: it is that one, whatever it is called.
        found[names[0]] = left.pop()
    refused: dict[str, str] = {}
    notes: list[str] = []
    for name in names:
        if name in found and found[name].path != f"{name}.ipynb":
            notes.append(
                f"{name}.ipynb was handed in as “{found[name].path}”, which was taken for it."
            )
        if name not in found:
            others = ", ".join(f"“{one.path}”" for one in left[:3])
            refused[name] = f"There is no {name}.ipynb in the submission" + (
                f", and no file that is surely meant for it among {others}." if others else "."
            )
    for one in left:
        notes.append(f"“{one.path}” was handed in too, and was not used.")
    return {name: one.content for name, one in found.items()}, refused, notes


def _distance(path: str, name: str) -> int | None:
    """How far a file's name is from that of a notebook, 0 for the same; None for too far."""
    folder, _, file = path.rpartition("/")
    ending = _ENDING.search(file)
    if ending is None or len(file) > MAX_NAME:
        return None
    stem = file[: ending.start()]
    far = (10 if folder else 0) + (2 if ending.group() != ".ipynb" else 0)
    if stem == name:
        return far
    wanted, given = _plain(name), _plain(stem)
    if given == wanted:
        return far + 1
    copy = _COPY.match(unicodedata.normalize("NFC", stem.strip()))
    if copy is not None and _plain(copy["name"]) == wanted:
        return far + 4
    # Platforms put names and numbers of students before or behind it: ada_123_proc.ipynb.
    if re.search(rf"(?:^|[_ ~-]){re.escape(wanted)}(?:$|[_ ~(-])", given):
        return far + 6
    return None


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
