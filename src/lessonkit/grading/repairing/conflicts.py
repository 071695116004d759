"""Tell the two sides of a merge conflict apart that git left in a file.

    <<<<<<< HEAD
    one side
    ||||||| (only where git is asked for it)
    what both came from
    =======
    the other side
    >>>>>>> branch

In a notebook the marks stand between lines of JSON: within its strings no line can begin.

Source: git-merge(1), "How conflicts are presented".
"""

from __future__ import annotations

import re

__all__ = ["sides"]

_MARK = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?: [^\n]*)?\r?$", re.MULTILINE)


def sides(text: str) -> tuple[str, ...]:
    """The text itself; or what it is on either side, where it holds the marks of a conflict."""
    if "<<<<<<<" not in text:
        return (text,)
    marks = [(mark.start(), mark.end(), mark[1][0]) for mark in _MARK.finditer(text)]
    if not {"<", "="} <= {kind for _, _, kind in marks}:
        return (text,)
    ours: list[str] = []
    theirs: list[str] = []
    begin, state = 0, ">"
    for start, end, kind in [*marks, (len(text), len(text), "end")]:
        part = text[begin:start]
        if state in (">", "<"):
            ours.append(part)
        if state in (">", "="):
            theirs.append(part)
        begin, state = end, kind
    return "".join(ours), "".join(theirs)
