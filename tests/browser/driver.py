"""Drive the real JupyterLab in a real Chromium: start the server, open a notebook, run it all.

The page is asked through Lab's own objects (`window.jupyterapp`), not through what is drawn:
a cell has run when it has a count and is idle, a kernel is there when it answers. The drawn
"Idle" shows for a moment before the kernel connects, and "Run All" then runs nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from tests.browser.tied import tied

__all__ = [
    "PAGE_SECONDS",
    "Cell",
    "LabPage",
    "LabServer",
    "chromium_program",
    "launch_chromium",
    "serve",
]

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER_SECONDS = 200.0
PAGE_SECONDS = 60.0
POLL_MS = 20
LOCAL = ("127.0.0.1", "localhost", "::1")

# Lab asks once whether to fetch news, and looks for updates: neither belongs in a test.
QUIET_SETTINGS = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}

CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The page's own promises may never settle (a dialog that asks which kernel, say).
WITH_DEADLINE_JS = """([script, argument, seconds]) => Promise.race([
    eval(script)(argument),
    new Promise((_, reject) => setTimeout(() => reject(new Error(
        `the page did not finish ${window.lessonkitDoing ?? ''}; open dialog: `
        + (document.querySelector('.jp-Dialog, [role=dialog]')?.innerText ?? 'none'))),
        seconds * 1000)),
])"""

# The page looks by itself: to be asked from outside, again and again, costs four processes time.
UNTIL_JS = """async ([script, argument, seconds, pause]) => {
    const holds = eval(script), end = performance.now() + seconds * 1000;
    for (;;) {
        if (holds(argument)) return true;
        if (performance.now() > end) return false;
        await new Promise(done => setTimeout(done, pause));
    }
}"""

# anywidget gives a view two seconds to load, and calls it an error when the view was closed
# meanwhile: as that of a short run is, or one that an earlier test left in a shared kernel. A
# view that stays and does not load fails the test that uses it.
CLOSED_TOO_EARLY = "[anywidget] Failed to initialize model."

# When all cells of an open notebook are exchanged, as no learner does (desk.py), Lab itself may
# remove an element twice. Only when none but Lab's code was at work: views are in other files.
REMOVED_TWICE = "The node to be removed is not a child of this node."
LABS_OWN = "/static/lab/jlab_core."

RESTORED_JS = "async () => { await window.jupyterapp.restored; }"

OPEN_JS = """async ([path, id]) => {
    const app = window.jupyterapp;
    await app.restored;
    const widget = await app.commands.execute(
        'docmanager:open', {path, factory: 'Notebook', ...(id ? {kernel: {id}} : {})});
    await widget.context.ready;
    await widget.sessionContext.ready;
    window.lessonkitWidget = widget;
}"""

# Where the page hears a kernel say that it starts, as it may on a busy machine, Lab shows it as
# starting until something is asked of it that counts as work: `untracked_message_types` do not.
CONNECTED_JS = """() => {
    const kernel = window.lessonkitWidget.sessionContext.session?.kernel;
    if (kernel?.connectionStatus !== 'connected') return false;
    const now = performance.now();
    if (kernel.status === 'starting' && now - (window.lessonkitAsked ?? -Infinity) > 1000) {
        window.lessonkitAsked = now;
        const asked = kernel.requestExecute({code: '', silent: true, store_history: false});
        asked.done.catch(() => {});  // it is started anew: then Lab drops what was asked
    }
    return kernel.status === 'idle';
}"""

RUN_JS = """async () => {
    await window.lessonkitWidget.sessionContext.session.kernel.info;
    window.jupyterapp.shell.activateById(window.lessonkitWidget.id);
    await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""

# Every cell is through, or one has failed; with the id of a cell, that one.
THROUGH_JS = """id => {
    const failed = ({outputs}) => Array.from(
        {length: outputs.length}, (_, n) => outputs.get(n).type).includes('error');
    const cells = window.lessonkitWidget.content.widgets.map(cell => cell.model).filter(
        cell => cell.type === 'code' && cell.sharedModel.getSource().trim()
            && (!id || cell.id === id));
    return cells.every(cell => cell.executionCount !== null && cell.executionState !== 'running')
        || !id && cells.some(failed);
}"""

CELLS_JS = """() => window.lessonkitWidget.content.widgets
    .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim())
    .map(cell => ({
        name: cell.model.id,
        source: cell.model.sharedModel.getSource(),
        metadata: cell.model.metadata,
        count: cell.model.executionCount,
        idle: cell.model.executionState !== 'running',
        outputs: cell.model.outputs.toJSON(),
    }))"""

CLOSE_JS = """async () => {
    const widget = window.lessonkitWidget;
    window.lessonkitDoing = 'saving';
    await widget.context.save();
    window.lessonkitDoing = 'ending the kernel';
    await widget.sessionContext.shutdown();
    window.lessonkitDoing = '';
    widget.dispose();
}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A code cell after it ran: outputs are nbformat's, `count` is None if it never ran."""

    name: str
    source: str
    metadata: dict[str, Any]
    count: int | None
    idle: bool
    outputs: list[dict[str, Any]]

    @property
    def error(self) -> str | None:
        """The exception that ended the cell, as "Name: text", or None."""
        for output in self.outputs:
            if output["output_type"] == "error":
                return f"{output['ename']}: {output['evalue']}"
        return None

    def text(self, mime: str) -> str:
        """The cell's result in this form ("text/html"), or "" if it has none."""
        for output in self.outputs:
            if output["output_type"] == "execute_result" and mime in output["data"]:
                data = output["data"][mime]
                return data if isinstance(data, str) else "".join(data)
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabServer:
    """A running JupyterLab: where it is, whose folder it shows, and what it printed."""

    url: str
    token: str
    log: Path
    folder: Path

    @property
    def page_url(self) -> str:
        """The address that a person would open."""
        return f"{self.url}lab?{urllib.parse.urlencode({'token': self.token})}"


@contextmanager
def serve(
    folder: Path,
    home: Path,
    *,
    command: Sequence[str] = (str(ROOT / "tools" / "lab.py"),),
    start: Path | None = None,
) -> Iterator[LabServer]:
    """Run `tools/lab.py` on *folder*, on a free port, with everything of its own in *home*.

    command: another Python program that starts JupyterLab. start: the folder to start it in.

    When this process is killed, the server ends too, and its kernels with it.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET_SETTINGS))
    runtime = home / "runtime"
    own = {"HOME": home, "IPYTHONDIR": home / "ipython", "JUPYTER_RUNTIME_DIR": runtime}
    own |= {"JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_DATA_DIR": home / "data"}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "DISPLAY"))}
    log = home / "server.log"
    with log.open("wb") as file:
        server = subprocess.Popen(
            tied(
                sys.executable,
                *command,
                "--no-browser",
                "--ServerApp.port=0",
                f"--ServerApp.root_dir={folder}",
                f"--LabApp.workspaces_dir={home / 'workspaces'}",
                f"--LabApp.user_settings_dir={home / 'settings'}",
                "--LabApp.expose_app_in_browser=True",
            ),
            env={**inherited, **{name: str(path) for name, path in own.items()}},
            cwd=start,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        # Lab takes the place of lab.py, and that of what ties it to us: the pid is the one here.
        facts = _facts_of(server, runtime / f"jpserver-{server.pid}.json", log)
        yield LabServer(url=facts["url"], token=facts["token"], log=log, folder=folder)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _facts_of(server: subprocess.Popen[bytes], file: Path, log: Path) -> dict[str, Any]:
    """What the server writes of itself, once it answers."""
    deadline = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            facts: dict[str, Any] = json.loads(file.read_text())
            request = f"{facts['url']}api/status?token={facts['token']}"
            urllib.request.urlopen(request, timeout=5).close()
            return facts
        except (OSError, ValueError):
            time.sleep(0.05)  # not there, half written, or not listening yet
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def chromium_program() -> str | None:
    """The browser to drive: LESSONKIT_CHROMIUM, else the first of the usual names on PATH."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = (shutil.which(name) for name in names)
    return os.environ.get("LESSONKIT_CHROMIUM") or next(filter(None, found), None)


def launch_chromium(playwright: Playwright, program: str) -> Browser:
    """Start the browser; inside its own sandbox only where that works, not as root."""
    return playwright.chromium.launch(
        executable_path=program,
        args=CHROMIUM_FLAGS,
        chromium_sandbox=False,
    )


class LabPage:
    """One page of JupyterLab, kept for all notebooks: each is opened with a fresh kernel."""

    def __init__(self, page: Page, server: LabServer) -> None:
        self.page = page
        self.folder = server.folder
        self.errors: list[str] = []
        self.external: list[str] = []
        page.on("pageerror", lambda error: self._note_error(f"{error}\n{error.stack}"))
        page.on("request", lambda request: self._note(request.url))
        page.set_default_timeout(PAGE_SECONDS * 1000)
        # A workspace of its own: Lab would open again what the page before this one had open, as it
        # was then, and ask at the first save what to do about the file that is new since.
        token = urllib.parse.urlencode({"token": server.token})
        page.goto(f"{server.url}lab/workspaces/page-{secrets.token_hex(8)}?{token}")
        self._await_lab()

    def load_again(self) -> None:
        """Load the page anew, as the browser's button does."""
        self.page.reload()
        self._await_lab()

    def run_notebook(self, path: str, *, seconds: float = 180.0) -> list[Cell]:
        """Open the notebook at *path*, run all its cells, save and close it; return them.

        Lab stops at the first error, as it does for people: later cells have no count then.

        Raises:
            AssertionError: it was not through after *seconds*.
        """
        self._ask(OPEN_JS, [path, None])
        try:
            self.wait_for(CONNECTED_JS)
            # Not awaited: it resolves when the last cell is through, which may be never.
            self.page.evaluate(f"() => {{ void ({RUN_JS})(); }}")
            return self._finished_cells(seconds)
        finally:
            self._ask(CLOSE_JS)

    def wait_for(self, script: str, argument: Any = None, *, seconds: float = PAGE_SECONDS) -> None:
        """Wait until the script is true; the page itself looks, now and then.

        Raises:
            AssertionError: it was not within *seconds*.
        """
        assert self._holds(script, argument, seconds), f"not so after {seconds:g} s: {script}"

    def _ask(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(WITH_DEADLINE_JS, [f"({script})", argument, PAGE_SECONDS])

    def _await_lab(self) -> None:
        self.page.wait_for_function("() => !!window.jupyterapp", polling=100)
        self._ask(RESTORED_JS)

    def _holds(self, script: str, argument: Any, seconds: float) -> bool:
        arguments = [f"({script})", argument, seconds, POLL_MS]
        return bool(self.page.evaluate(UNTIL_JS, arguments))

    def _finished_cells(self, seconds: float) -> list[Cell]:
        through = self._holds(THROUGH_JS, None, seconds)
        cells = [Cell(**facts) for facts in self.page.evaluate(CELLS_JS)]
        waiting = [c.name for c in cells if c.count is None or not c.idle]
        assert through, f"not through after {seconds:g} s: {waiting}"
        return cells

    def _note_error(self, text: str) -> None:
        calls = [line for line in text.splitlines() if line.lstrip().startswith("at ")]
        labs_own = bool(calls) and all(LABS_OWN in call for call in calls)
        if CLOSED_TOO_EARLY not in text and not (labs_own and REMOVED_TWICE in text):
            self.errors.append(text)

    def _note(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in LOCAL:
            self.external.append(url)
