"""Run cells as a learner's or a grader's Jupyter does: a whole notebook, or one kernel to press.

execute("from lessonkit import run", "run(f)")        # as nbgrader does; outputs per cell

with running_kernel() as kernel:                      # as Lab does
    kernel.start("while True: pass")
    kernel.interrupt()
    assert kernel.finish().error == "KeyboardInterrupt"
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FORK_WARNING", "Kernel", "Shown", "execute", "family", "running_kernel"]

EXECUTE = """
import json, sys
import nbclient, nbformat
from nbformat.v4 import new_code_cell, new_notebook
made = new_notebook(cells=[new_code_cell(cell) for cell in json.load(sys.stdin)])
made.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
nbclient.NotebookClient(made, timeout=60).execute()
nbformat.validate(made)
json.dump([cell.outputs for cell in made.cells], sys.stdout)
"""
# From Python 3.12 on, on stderr, where a process with several threads forks: any kernel.
FORK_WARNING = "use of fork() may lead to deadlocks in the child"
COLOURS = re.compile("\\x1b\\[[0-9;]*m")


def execute(*cells: str, env: Mapping[str, str] | None = None) -> list[list[dict[str, Any]]]:
    """Execute a notebook as nbgrader does, in a process of its own; the outputs of each cell."""
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE],
        input=json.dumps(cells),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        env={**_surroundings(), **(env or {})},
    )
    outputs: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return outputs


def _surroundings() -> dict[str, str]:
    """The environment of somebody who runs no tests: kernels behave differently in one."""
    tests = ("JPY_SESSION_NAME", "PYTEST_CURRENT_TEST")
    return {name: text for name, text in os.environ.items() if name not in tests}


@dataclass(kw_only=True)
class Shown:
    """What is below a cell: as a page shows it, after updates and clearing."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    clear_next: bool = False

    @property
    def error(self) -> str | None:
        """The name of the exception that ended the cell."""
        return next((out["ename"] for out in self.outputs if "ename" in out), None)

    @property
    def text(self) -> str:
        """All text below the cell, without colours and without Python's warning of forks."""
        parts = []
        for out in self.outputs:
            if FORK_WARNING in out.get("text", ""):
                continue
            if "ename" in out:
                parts.append("\n".join(out["traceback"]))
            else:
                parts.append(out.get("text") or out["data"].get("text/plain", ""))
        return COLOURS.sub("", "".join(parts))

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """Do what a page does with one message."""
        self.messages.append((kind, content))
        if kind == "clear_output":
            self.clear_next = content["wait"]
            if not content["wait"]:
                self.outputs.clear()
            return
        if kind == "update_display_data":
            for out in self.outputs:
                if out.get("transient") == content["transient"]:
                    out["data"] = content["data"]
            return
        if kind not in ("stream", "display_data", "execute_result", "error"):
            return
        if self.clear_next:
            self.outputs.clear()
            self.clear_next = False
        self.outputs.append(dict(content))


class Kernel:
    """A kernel as Lab starts it, in a folder of its own, and the one page that looks at it."""

    def __init__(self, manager: Any, client: Any) -> None:
        self._manager = manager
        self._client = client
        self._asked = ""
        self.shown = Shown()

    @property
    def pid(self) -> int:
        """The kernel's pid."""
        return int(self._manager.provisioner.process.pid)

    def start(self, source: str) -> None:
        """Begin to run a cell."""
        self.shown = Shown()
        self._asked = self._client.execute(source)

    def until(self, word: str, *, seconds: float = 60.0) -> None:
        """Wait until this word has been shown below the cell that runs, in whatever form."""
        deadline = time.monotonic() + seconds
        while word not in json.dumps(
            [content for kind, content in self.shown.messages if kind != "execute_input"],
            ensure_ascii=False,
        ):
            assert time.monotonic() < deadline, f"not shown: {word}; {self.shown.messages}"
            self._read(deadline)

    def finish(self, *, seconds: float = 60.0) -> Shown:
        """Wait for the end of the cell, and return what is below it."""
        deadline = time.monotonic() + seconds
        while self._read(deadline) != "idle":
            assert time.monotonic() < deadline, f"not through: {self.shown.messages}"
        return self.shown

    def run(self, source: str, *, seconds: float = 60.0) -> Shown:
        """Run a cell to its end."""
        self.start(source)
        return self.finish(seconds=seconds)

    def interrupt(self) -> None:
        """Press the stop button."""
        self._manager.interrupt_kernel()

    def _read(self, deadline: float) -> str | None:
        """Take one message; "idle" when it ends the cell."""
        try:
            message = self._client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
        except queue.Empty:
            return None
        if message["parent_header"].get("msg_id") != self._asked:
            return None
        kind, content = message["msg_type"], message["content"]
        self.shown.take(kind, content)
        return str(content["execution_state"]) if kind == "status" else None


@contextmanager
def running_kernel(
    folder: Path, *, interactive: bool = True, env: Mapping[str, str] | None = None
) -> Iterator[Kernel]:
    """Start a kernel; it is interactive when it has what Lab gives it."""
    import zmq
    from jupyter_client.manager import KernelManager

    given = _surroundings()
    if interactive:
        given["JPY_SESSION_NAME"] = str(folder / "lesson.ipynb")
    context = zmq.Context()
    manager = KernelManager(kernel_name="python3", context=context)
    manager.start_kernel(env={**given, **(env or {})}, cwd=str(folder))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
        context.destroy(linger=0)


def family(pid: int) -> dict[int, str]:
    """The processes whose parent is this one or one of those, with their names; no zombies."""
    parents: dict[int, tuple[int, str]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text(errors="replace")
            except OSError:
                continue
            state, elder = stat.rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(name)] = (int(elder), stat[stat.index("(") + 1 : stat.rindex(")")])
    found: dict[int, str] = {}
    todo = [pid]
    while todo:
        current = todo.pop()
        for child, (parent, name) in parents.items():
            if parent == current and child not in found:
                found[child] = name
                todo.append(child)
    return found
