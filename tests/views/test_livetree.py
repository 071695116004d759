"""What a live tree sends, what it tells where no browser listens, and when it stops."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit import views
from lessonkit.errors import UsageError
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.views.base import WIDGET_MIME
from lessonkit.views.treealbum import MOST_PHOTOGRAPHS, Album, counts
from lessonkit.views.treepatch import MAX_ROWS, Table, difference, table, whole
from lessonkit.views.trees import TreeView
from tests.notebook_runner import Kernel, Shown, execute, running_kernel
from tests.show.handmade import HOSTILE, process

Wire = dict[int, list[Any]]


def photograph(*processes: ProcessInfo, at: float = 0.0, left_out: int = 0) -> Snapshot:
    """A snapshot of these, in the order of pids."""
    ordered = tuple(sorted(processes, key=lambda p: p.pid))
    return Snapshot(at_seconds=at, processes=ordered, left_out=left_out)


def applied(rows: Wire, patch: dict[str, Any] | None) -> Wire:
    """What static/treetable.js makes of a patch."""
    now = {pid: row for pid, row in rows.items() if pid not in (patch or {}).get("gone", [])}
    for put in (patch or {}).get("put", []):
        pid = put[0]
        now[pid] = [*now[pid][:2], put[1], *now[pid][3:]] if len(put) == 2 else put
    return now


def wire(rows: Table) -> Wire:
    """The table as the page has it."""
    return {row[0]: row for row in whole(rows)}


# Few numbers, so that they are used again, hang below each other, and form loops.
processes = st.builds(
    process,
    st.integers(1, 12),
    st.integers(0, 12),
    st.sampled_from(["sh", "python", "a\nb"]),
    st.sampled_from("RSZTX"),
    start_ticks=st.integers(0, 4),
    sid=st.integers(1, 4),
)
snapshots = st.lists(processes, max_size=12, unique_by=lambda p: p.pid).map(
    lambda found: photograph(*found)
)


@given(st.lists(snapshots, max_size=8))
@settings(deadline=None)
def test_patches_lead_from_each_tree_to_the_next(changes: list[Snapshot]) -> None:
    """Whoever applies every patch has the table of the last photograph."""
    before: Table = {}
    page: Wire = {}
    for snapshot in changes:
        after = table(snapshot)
        page = applied(page, difference(before, after))
        assert page == wire(after)
        before = after


@given(snapshots)
@settings(deadline=None)
def test_an_unchanged_tree_sends_nothing(snapshot: Snapshot) -> None:
    """The same processes a moment later are no difference."""
    assert difference(table(snapshot), table(snapshot)) is None


@given(snapshots)
@settings(deadline=None)
def test_every_process_hangs_below_a_root(snapshot: Snapshot) -> None:
    """Nobody is left out, and no loop remains, whatever the parents say."""
    rows = wire(table(snapshot))
    assert set(rows) == {process.pid for process in snapshot.processes}
    for pid in rows:
        path: list[int] = []
        while pid:
            assert pid not in path
            path.append(pid)
            row = rows[pid]
            pid = row[4] if len(row) == 5 else row[1] if row[1] in rows else 0


def test_what_is_sent_is_small() -> None:
    """A new state is two words, a death and a birth are one entry each."""
    init = process(1, 0, "init", sid=1)
    before = table(photograph(init, process(3, 1, "sh")))
    ended = table(photograph(init, process(3, 1, "sh", "Z")))
    other = table(photograph(init, process(4, 1, "ls", "R")))
    assert difference(before, ended) == {"put": [[3, "Z"]]}
    assert difference(ended, other) == {"gone": [3], "put": [[4, 1, "R", "ls"]]}


def test_a_number_used_again_is_another_process() -> None:
    """The old row goes and a new one comes, even if they look alike."""
    before = table(photograph(process(7, 1, "sh", start_ticks=1)))
    after = table(photograph(process(7, 1, "sh", start_ticks=2)))
    assert difference(before, after) == {"gone": [7], "put": [[7, 1, "S", "sh"]]}


def test_a_flood_of_processes_is_cut_far_from_the_roots() -> None:
    """At most MAX_ROWS rows are sent, those nearest the roots."""
    flood = [process(1, 0, "init", sid=1)]
    flood += [process(pid, 1 + (pid > 9) * (pid - 9), "sh") for pid in range(2, MAX_ROWS + 500)]
    rows = table(photograph(*flood))
    assert len(rows) == MAX_ROWS
    assert set(range(1, 10)) <= set(rows)


def test_an_album_keeps_few_photographs_and_only_where_the_tree_differs() -> None:
    """Of many the first and the last are there; that a process runs or sleeps keeps none."""
    album = Album()
    for tick in range(200):
        album.add(photograph(*(process(pid, 0, "sh") for pid in range(1, tick + 2)), at=tick))
    shown = album.photographs()
    assert len(shown) <= MOST_PHOTOGRAPHS
    assert [len(shown[0].processes), len(shown[-1].processes)] == [1, 200]
    calm = Album()
    for tick in range(9):
        calm.add(photograph(process(1, 0, "sh", "RS"[tick % 2]), at=tick))
    assert [kept.at_seconds for kept in calm.photographs()] == [8]
    calm.add(Snapshot(at_seconds=9, processes=()))
    assert calm.last is not None
    assert calm.last.processes


def test_an_album_tells_the_times_and_makes_names_safe() -> None:
    """Text and HTML say when and how many; a hostile name does nothing."""
    album = Album(0.0)
    album.add(photograph(process(1, 0, "init"), at=0.04))
    album.add(
        photograph(process(1, 0, HOSTILE), process(2, 1, "x", "Z"), process(3, 1, "y", "T"), at=2.5)
    )
    text, html = album.text("Mine", "Over."), album.html("Mine", "Over.", 200)
    for form in (text, html):
        assert "After 2.5 s: 3 processes: 1 zombie, 1 stopped" in form
        assert "After 0.0 s: 1 process" in form
        assert "Over." in form
        assert "\x1b" not in form
    assert "<script" not in html
    assert "<details><summary>1 earlier photograph</summary>" in html
    assert "no photograph" in Album().text("Mine", "")
    assert "no photograph" in Album().html("Mine", "")


def test_counts_include_what_is_not_shown() -> None:
    """Processes that were left out of a photograph are counted."""
    assert counts(photograph(process(1, 0, "init"), left_out=41)) == "42 processes"


def test_a_page_that_comes_late_has_the_whole_tree_and_the_number_of_its_patch() -> None:
    """Patches are numbered from the whole tree on; an unchanged tree is no message at all."""
    sent: list[Any] = []
    view = TreeView(lambda wish: None, title="Mine", height=5, stop=False)
    try:
        view.send = sent.append
        first = photograph(process(1, 0, "init"), process(2, 1, "sh"), left_out=7)
        for snapshot in (first, first, photograph(process(1, 0, "init")), first):
            view.show(snapshot)
        assert [message["n"] for message in sent] == [1, 2, 3]
        assert sent[1] == {"n": 2, "gone": [2], "more": 0}
        state = view.get_state()["whole"]
        assert state == {"n": 3, "rows": whole(table(first)), "more": 7}
    finally:
        view.close()


def test_a_tree_of_the_host_runs_nothing() -> None:
    """The two uses are not mixed, and that is said in a sentence."""
    with pytest.raises(UsageError, match=r"live_tree\(\)\.run"):
        views.live_tree(of=os.getpid()).run(print)


def test_plain_python_has_the_tree_as_text() -> None:
    """Without IPython's shell `run` returns the Run, and str() tells the photographs."""
    program = (
        "from lessonkit import views\n"
        "tree = views.live_tree()\n"
        "ran = tree.run('import os, time\\nif os.fork() == 0: os._exit(3)\\ntime.sleep(2)')\n"
        "print(ran.ok, len(ran.zombies_left))\n"
        "print(tree)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=110, check=True
    )
    assert told.stdout.startswith("True 1\n")
    assert "<defunct>" in told.stdout
    assert "The run has ended." in told.stdout
    assert told.stderr == ""


ZOMBIE = (
    "def zombie():\n"
    "    import os, time\n"
    "    if os.fork() == 0:\n"
    "        os._exit(3)\n"
    "    time.sleep(2)\n"  # so that it is photographed, on a busy machine too
)


def test_without_a_browser_no_widget_is_made() -> None:
    """nbconvert and nbgrader get text and HTML; the tree appears where it was shown."""
    shown, ran, own, made = execute(
        f"import os\nfrom lessonkit import views\n{ZOMBIE}tree = views.live_tree()\ntree",
        "tree.run(zombie).ok",
        "views.live_tree(of=os.getpid())",
        "import ipywidgets, threading\n"
        "len(ipywidgets.widget.Widget.get_manager_state()['state']), "
        "[t.name for t in threading.enumerate() if 'live tree' in t.name]",
    )
    for outputs, words in ((shown, "&lt;defunct&gt;"), (own, "Run this cell again")):
        (output,) = outputs
        assert set(output["data"]) == {"text/plain", "text/html"}
        assert words in output["data"]["text/html"]
    assert [output["data"]["text/plain"] for output in ran] == ["True"]
    assert made[0]["data"]["text/plain"] == "(0, [])"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel that a browser may listen to."""
    with running_kernel(tmp_path_factory.mktemp("kernel")) as running:
        running.run("import os, subprocess, threading\nfrom lessonkit import views")
        running.run("from lessonkit.views import trees\nfrom ipywidgets.widgets import Widget")
        yield running


def forms(shown: Shown) -> dict[str, str]:
    """The one thing that is shown, in all its forms."""
    (output,) = [output for output in shown.outputs if "data" in output]
    data: dict[str, str] = output["data"]
    return data


def test_a_followed_process_has_all_forms_until_it_is_stopped(kernel: Kernel) -> None:
    """Text and HTML stand beside the widget from the first moment, and alone in the end."""
    data = forms(kernel.run("tree = views.live_tree(of=os.getpid())\ntree"))
    assert set(data) == {"text/plain", "text/html", WIDGET_MIME}
    assert "python" in data["text/html"]
    kernel.run("tree.stop()")
    data = forms(kernel.run("tree\ndisplay(tree)\ntree.stop()\ntree.stop()"))
    assert set(data) == {"text/plain", "text/html"}
    assert "Stopped. Run this cell again to go on." in data["text/html"]
    left = kernel.run("tree.stop()\nWidget.get_manager_state()['state']")
    assert forms(left)["text/plain"] == "{}"


def test_when_a_run_has_ended_no_widget_is_left(kernel: Kernel) -> None:
    """The widget is closed, and HTML and text stand in its place."""
    data = forms(kernel.run(f"{ZOMBIE}run = views.live_tree().run(zombie)"))
    assert set(data) == {"text/plain", "text/html"}
    assert "The run has ended." in data["text/plain"]
    assert "&lt;defunct&gt;" in data["text/html"]
    left = kernel.run("Widget.get_manager_state()['state']")
    assert forms(left)["text/plain"] == "{}"


def test_an_interrupted_run_leaves_its_last_tree(kernel: Kernel) -> None:
    """The interrupt ends the program, and the kernel goes on."""
    kernel.start("views.live_tree().run(['sleep', '60'])")
    kernel.until('"sleep"')  # a photograph shows it
    kernel.interrupt()
    shown = kernel.finish()
    assert shown.error
    (data,) = [output["data"] for output in shown.outputs if "data" in output]
    assert "The run was interrupted." in data["text/plain"]
    assert "sleep" in data["text/plain"]
    assert forms(kernel.run("6 * 7"))["text/plain"] == "42"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("trees.UNSEEN_SECONDS = 0.2", "Nobody looked any more."),
        ("seconds = 0.3", "Followed for 0.3 s."),
        ("threading.Timer(0.3, child.kill).start(); own = None", "It has ended."),
    ],
)
def test_following_stops_by_itself(kernel: Kernel, setting: str, words: str) -> None:
    """It ends when no page shows it, after its time, or with the process."""
    kernel.start(
        "trees.UNSEEN_SECONDS = 35\nchild = subprocess.Popen(['sleep', '600'])\n"
        f"own, seconds = os.getpid(), 60\n{setting}\n"
        "threading.Thread(target=child.wait, daemon=True).start()\n"
        "views.live_tree(of=own or child.pid, seconds=seconds)"
    )
    kernel.until(f"{words} Run this cell again to go on.")
    assert set(forms(kernel.shown)) == {"text/plain", "text/html"}
    kernel.run("child.kill(); child.wait()")
