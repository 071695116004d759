"""Show the processes of a run, or one's own, as a tree that changes while they do.

    tree = views.live_tree()
    tree.run(program)                # the processes of its box; returns the Run
    views.live_tree(of=os.getpid())  # this kernel and all below it, until stop()

In a browser the tree follows ten times a second; `treepatch` says what is sent. The widget
lives only as long as something can change: what stays is the HTML of `treealbum`.
"""

from __future__ import annotations

import importlib.resources
import threading
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import traitlets

from lessonkit.errors import UsageError
from lessonkit.records import Snapshot
from lessonkit.views import base
from lessonkit.views.treealbum import Album
from lessonkit.views.treepatch import Table, difference, table, whole

if TYPE_CHECKING:
    from lessonkit.records import Run

__all__ = ["LiveTree", "TreeView", "live_tree"]

SAMPLE_SECONDS = 0.1
UNSEEN_SECONDS = 35.0  # a page that shows the tree says so every 10 s
MOST_CPU_SHARE = 0.2
_ROW_PX = 24


def live_tree(of: int | None = None, *, rows: int = 10, seconds: float = 300.0) -> LiveTree:
    """Return a tree of processes that changes while they do: show it, or call its `run`.

    Args:
        of: A process of this host, such as os.getpid(): it and all below it are shown.
            Left out, the tree shows what its `run` starts.
        rows: How many processes can be seen at once; the others are reached by scrolling.
        seconds: A tree of *of* stops after so long, or when nobody looks any more.
    """
    return LiveTree(of, rows=rows, seconds=seconds)


class LiveTree:
    """A tree of processes; see `live_tree`. str() of it is the tree as text."""

    def __init__(self, of: int | None, *, rows: int, seconds: float) -> None:
        self.of = of
        self._title = "Processes of the run" if of is None else f"Process {of} and below"
        self._rows = rows
        self._seconds = seconds
        self._end = "Nothing has run yet." if of is None else ""
        self._album = Album()
        self._view: TreeView | None = None
        self._display_id: str | None = None
        self._busy = threading.Lock()
        self._watcher: _Watcher | None = None

    @property
    def last(self) -> Snapshot | None:
        """The last photograph that showed any process."""
        return self._album.last

    def __str__(self) -> str:
        """All photographs that were kept, as `ps --forest` draws them."""
        return self._album.text(self._title, self._end)

    def run(self, what: Any, **options: Any) -> Run:
        """Run *what* as `lessonkit.run` does, with its options, and show its processes.

        They appear where the tree was shown before, else below this cell. When the program
        has ended, or is interrupted, its last tree stays there.
        """
        if self.of is not None:
            raise UsageError(f"this tree shows process {self.of}; to run: live_tree().run(...)")
        if not self._busy.acquire(blocking=False):
            raise UsageError("this tree shows another run already; make one more: live_tree()")
        display_id, update = self._display_id or uuid.uuid4().hex, self._display_id is not None
        try:
            end = "The run failed."
            try:
                self._begin(display_id, update=update)
                result = self._run(what, options)
                end = "The run has ended."
            except KeyboardInterrupt:
                end = "The run was interrupted."
                raise
            finally:
                self._finish(end, display_id, update=update or base.interactive())
        finally:
            self._busy.release()
        return result

    def stop(self) -> None:
        """Stop following; the last tree stays."""
        if self._watcher is not None:
            self._watcher.stop("Stopped.")

    def _ipython_display_(self) -> None:
        watched = self._watcher is not None and self._watcher.is_alive()
        if self.of is None or watched:
            self._display_id = self._display_id or uuid.uuid4().hex
            self._publish(self._display_id, live=self._view is not None)
            return
        self._display_id = uuid.uuid4().hex
        self._album = Album()
        self._take(_photograph(self.of))
        self._end = "Run this cell again to go on."
        if base.interactive():
            self._begin(self._display_id, update=False)
            self._watcher = _Watcher(self, self.of, self._display_id, self._seconds)
            self._watcher.start()
        else:
            self._publish(self._display_id, live=False)

    def _run(self, what: Any, options: dict[str, Any]) -> Run:
        from lessonkit.runner import run  # Linux only, unlike this module

        result = run(what, watch=self._take, watch_seconds=SAMPLE_SECONDS, **options)
        if self.last is None and result.at_return is not None:
            self._take(result.at_return)  # it was over before the first photograph
        return result

    def _begin(self, display_id: str, *, update: bool) -> None:
        if self.of is None:
            self._album, self._end = Album(0.0), "Run this cell again to go on."
        if base.interactive():
            self._view = TreeView(
                self._hear, title=self._title, height=self._rows, stop=self.of is not None
            )
            if self.last is not None:
                self._view.show(self.last)
            self._publish(display_id, live=True, update=update)

    def _take(self, photograph: Snapshot) -> None:
        self._album.add(photograph)
        if self._view is not None and photograph.processes:
            self._view.show(photograph)

    def _finish(self, end: str, display_id: str, *, update: bool) -> None:
        self._end = end
        view, self._view = self._view, None
        self._publish(display_id, live=False, update=update)
        if view is not None:
            view.close()

    def _publish(self, display_id: str, *, live: bool, update: bool = False) -> None:
        """Show all forms of the tree below this cell, or where *display_id* is shown."""
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if get_ipython() is None:
            return  # plain Python: print(tree) shows it
        height = self._rows * _ROW_PX + 2 if base.interactive() else None
        forms = {"html": self._album.html(self._title, self._end, height), "text": str(self)}
        view = self._view
        if live and view is not None:
            data = base.bundle(lambda: view, **forms)
        else:
            data = {"text/plain": forms["text"], "text/html": forms["html"]}
        put: Any = display
        put(data, raw=True, display_id=display_id, update=update)

    def _hear(self, wish: str) -> None:
        if wish == "stop":
            self.stop()
        elif self._watcher is not None:
            self._watcher.seen()


class TreeView(base.View):
    """The widget. *whole* is put together when a page asks for it, not at every change."""

    _esm = "\n".join(
        (
            base.script("treetable.js"),
            (importlib.resources.files(__package__) / "static/livetree.js").read_text("utf-8"),
        )
    )
    _css = base.style("livetree.css")
    settings = traitlets.Dict().tag(sync=True)
    whole = traitlets.Dict().tag(sync=True, to_json=lambda _, view: view.everything())

    def __init__(self, on_message: Callable[[str], None], **settings: Any) -> None:
        self._lock = threading.RLock()
        self._table: Table = {}
        self._more = 0
        self._number = 0
        self._on_message = on_message
        super().__init__(settings={"key": uuid.uuid4().hex, **settings})
        self.on_msg(self._hear)

    def everything(self) -> dict[str, Any]:
        """The whole tree, for a page that has nothing yet, and the number of its last patch."""
        with self._lock:
            return {"n": self._number, "rows": whole(self._table), "more": self._more}

    def show(self, photograph: Snapshot) -> None:
        """Send what differs from the photograph before; nothing if nothing does."""
        rows = table(photograph)
        more = photograph.left_out + len(photograph.processes) - len(rows)
        with self._lock:
            patch = difference(self._table, rows) or {}
            if more != self._more:
                patch["more"] = more
            if patch:
                self._table, self._more = rows, more
                self._number += 1
                self.send({"n": self._number, **patch})

    def close(self) -> None:
        """Remove it from the page and from this kernel, with its layout."""
        self.layout.close()
        super().close()

    def _hear(self, _: object, content: Any, buffers: object) -> None:
        wish = content.get("do") if isinstance(content, dict) else None
        if wish == "whole":
            with self._lock:
                self.send_state("whole")
        elif isinstance(wish, str):
            self._on_message(wish)


class _Watcher(threading.Thread):
    """Photographs a process of the host until it is gone, or nobody looks, or long enough."""

    def __init__(self, tree: LiveTree, pid: int, display_id: str, seconds: float) -> None:
        super().__init__(name=f"lessonkit live tree of {pid}", daemon=True)
        self._tree = tree
        self._pid = pid
        self._display_id = display_id
        self._seconds = seconds
        self._over = threading.Event()
        self._why = ""
        self._seen_at = time.monotonic()
        self._deaf = True  # a cell runs, so a page cannot be heard; see `run`

    def seen(self, *_: object) -> None:
        """Take note that a page shows the tree, or can say so from now on."""
        self._seen_at = time.monotonic()
        self._deaf = False

    def stop(self, why: str) -> None:
        """End it, and wait until the last tree stands."""
        self._why = self._why or why
        self._over.set()
        if threading.current_thread() is not self:
            self.join(5)

    def run(self) -> None:
        """Take photographs (called by `start`)."""
        from IPython.core.getipython import get_ipython

        shell: Any = get_ipython()
        shell.events.register("pre_execute", self._be_deaf)
        shell.events.register("post_execute", self.seen)
        try:
            self._follow()
        finally:
            shell.events.unregister("pre_execute", self._be_deaf)
            shell.events.unregister("post_execute", self.seen)
            why = f"{self._why} Run this cell again to go on."
            self._tree._finish(why, self._display_id, update=True)

    def _follow(self) -> None:
        ends_at = time.monotonic() + self._seconds
        pause = SAMPLE_SECONDS
        while not self._over.wait(pause):
            began, cpu = time.monotonic(), time.thread_time()
            photograph = _photograph(self._pid)
            if not photograph.processes:
                self._why = "It has ended."
                return
            self._tree._take(photograph)
            now, cost = time.monotonic(), time.thread_time() - cpu
            pause = max(SAMPLE_SECONDS - (now - began), cost / MOST_CPU_SHARE - cost, 0.01)
            if now > ends_at:
                self._why = f"Followed for {self._seconds:g} s."
                return
            if not self._deaf and now - self._seen_at > UNSEEN_SECONDS:
                self._why = "Nobody looked any more."
                return

    def _be_deaf(self) -> None:
        self._deaf = True


def _photograph(pid: int) -> Snapshot:
    from lessonkit.observe.snapshot import snapshot  # Linux only, unlike this module

    return snapshot(pid)
