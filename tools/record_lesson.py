"""Make the recordings of a lesson anew: what its cells show where a program is missing.

    python tools/record_lesson.py 06-sigchld            all of them
    python tools/record_lesson.py 06-sigchld d3-deadlock    one

Runs the cells of source/LESSON/LESSON.ipynb in their folder, and every demonstration that waits for
a prediction, with LESSONKIT_RECORD set. The notebook is only read, and no prediction is kept. What
is written is in source/LESSON/recordings/: read the difference before you commit it. What no
sandbox can show, and a cell takes with `recorded(...)`, is made by tools/record_as_root.py.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["record", "with_demonstrations"]

ROOT = Path(__file__).resolve().parent.parent
PREDICTION = re.compile(r"^(\w+) = views\.predict\(", re.MULTILINE)


def with_demonstrations(sources: list[str]) -> Iterator[str]:
    """The cells in order, each demonstration followed by a cell that runs it unpredicted."""
    for source in sources:
        yield source
        for name in PREDICTION.findall(source):
            yield f"{name}.demonstrate()"


def record(folder: Path, wanted: str = "1") -> tuple[list[str], list[str]]:
    """Record the lesson in *folder*; return the names of its recordings, and what failed.

    wanted: the name of one recording, or "1" for all.
    """
    import nbclient
    import nbformat

    make: Any = nbformat.v4
    lesson: Any = make.reads((folder / f"{folder.name}.ipynb").read_text("utf-8"))
    sources = [cell.source for cell in lesson.cells if cell.cell_type == "code"]
    cells = [make.new_code_cell(source) for source in with_demonstrations(sources)]
    made = make.new_notebook(cells=cells, metadata=lesson.metadata)
    os.environ["LESSONKIT_RECORD"] = wanted
    client = nbclient.NotebookClient(
        made, timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    failed = [
        f"{output.ename}: {output.evalue}"
        for cell in made.cells
        for output in cell.outputs
        if output.output_type == "error" and "record" in output.evalue
    ]
    return sorted(path.stem for path in (folder / "recordings").glob("*.json")), failed


def main() -> int:
    """Record the lesson that the first argument names."""
    match sys.argv[1:]:
        case [lesson, *rest] if len(rest) < 2 and (ROOT / "source" / lesson).is_dir():
            names, failed = record(ROOT / "source" / lesson, *rest)
            print(f"{lesson} has these recordings: {', '.join(names) or 'none'}")
            print("\n".join(failed), end="\n" if failed else "")
            return 1 if failed else 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main())
