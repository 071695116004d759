"""Recorded texts of /proc, and what is read from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessonkit import procfs
from lessonkit.records import ProcessInfo

# Recorded on Linux 6.1; the fields after the name are those of a sleeping shell.
FIELDS = (
    "S 4242 4242 4200 34816 4242 4194560 1523 9040 0 3 12 7 31 15 20 0 1 0 881234 9912320 1308 "
    "18446744073709551615 1 1 0 0 0 0 65536 3686404 1266761467 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 "
    "0 0"
)
ZOMBIE = FIELDS.replace("S 4242", "Z 4242", 1)[: -len("0")] + "1792"


def _stat(pid: int, comm: bytes, fields: str = FIELDS) -> bytes:
    return b"%d (" % pid + comm + b") " + fields.encode() + b"\n"


def _fake_proc(tmp_path: Path, *stats: bytes) -> str:
    for stat in stats:
        folder = tmp_path / stat.split(b" ", 1)[0].decode()
        folder.mkdir()
        (folder / "stat").write_bytes(stat)
    return str(tmp_path)


def _with(ppid: int, start_ticks: int) -> str:
    return FIELDS.replace("S 4242", f"S {ppid}", 1).replace("881234", str(start_ticks))


def test_every_field_is_read_from_its_place() -> None:
    """Numbers are those of proc_pid_stat(5); rss comes in pages and is given in bytes."""
    assert procfs.parse_stat(_stat(4243, b"bash")) == ProcessInfo(
        pid=4243,
        ppid=4242,
        pgid=4242,
        sid=4200,
        comm="bash",
        state="S",
        start_ticks=881234,
        threads=1,
        flags=4194560,
        user_ticks=12,
        system_ticks=7,
        children_user_ticks=31,
        children_system_ticks=15,
        children_minor_faults=9040,
        rss_bytes=1308 * procfs.PAGE_BYTES,
    )


@pytest.mark.parametrize(
    ("comm", "shown"),
    [
        (b"x) Z 1 (y", "x) Z 1 (y"),
        (b") S 1 (", ") S 1 ("),
        (b"))) Z 1 1", "))) Z 1 1"),
        (b"a\nb c", "a\nb c"),
        (b"", ""),
        (b" ", " "),
        (b"(sd-pam)", "(sd-pam)"),
        ("größe".encode(), "größe"),
        (b"caf\xe9", r"caf\xe9"),
    ],
)
def test_no_name_can_shift_the_fields(comm: bytes, shown: str) -> None:
    """Parentheses, blanks and newlines in a name stay in the name."""
    process = procfs.parse_stat(_stat(7, comm))

    assert (process.pid, process.comm, process.state, process.ppid) == (7, shown, "S", 4242)


def test_text_is_read_like_bytes() -> None:
    """A str that was decoded with surrogateescape gives the same record."""
    data = _stat(7, b"caf\xe9")

    assert procfs.parse_stat(data.decode("utf-8", "surrogateescape")) == procfs.parse_stat(data)


def test_only_a_zombie_has_an_exit_status() -> None:
    """The last field means something after the end of a process only."""
    assert procfs.parse_stat(_stat(7, b"true", ZOMBIE)).exit_status == 7 << 8
    assert procfs.parse_stat(_stat(7, b"true")).exit_status is None


@pytest.mark.parametrize("text", ["", "7 (sh)", "7 sh S 1", "(sh) S 1", "7 (sh) S 1 2 3", "\0" * 9])
def test_other_texts_are_refused(text: str) -> None:
    """What is no stat text raises, instead of making a record of zeros."""
    with pytest.raises(ValueError, match="not the text"):
        procfs.parse_stat(text)


def test_a_snapshot_is_ordered_by_pid_and_skips_what_vanished(tmp_path: Path) -> None:
    """A folder without a stat, as a process that ended in between leaves it, is left out."""
    proc = _fake_proc(tmp_path, _stat(20, b"b"), _stat(3, b"a"), _stat(100, b"c"))
    (tmp_path / "55").mkdir()
    (tmp_path / "self").mkdir()

    seen = procfs.snapshot(proc=proc, clock=lambda: 12.5)

    assert [process.pid for process in seen.processes] == [3, 20, 100]
    assert seen.at_seconds == 12.5


def test_the_tree_below_a_pid_leaves_others_out(tmp_path: Path) -> None:
    """Descendants are in, ancestors and siblings are not."""
    proc = _fake_proc(
        tmp_path,
        _stat(1, b"init", _with(0, 1)),
        _stat(10, b"root", _with(1, 10)),
        _stat(11, b"child", _with(10, 11)),
        _stat(5, b"grandchild", _with(11, 12)),
        _stat(12, b"sibling", _with(1, 12)),
    )

    seen = procfs.snapshot(proc=proc, root_pid=10)

    assert [process.comm for process in seen.processes] == ["grandchild", "root", "child"]
    assert procfs.snapshot(proc=proc, root_pid=99).processes == ()


def test_a_parent_younger_than_its_child_is_another_process(tmp_path: Path) -> None:
    """A pid that was used again during the pass does not adopt strangers."""
    proc = _fake_proc(tmp_path, _stat(10, b"new", _with(1, 900)), _stat(11, b"old", _with(10, 500)))

    assert [p.comm for p in procfs.snapshot(proc=proc, root_pid=10).processes] == ["new"]


def test_a_loop_of_parents_ends(tmp_path: Path) -> None:
    """Two processes that name each other as parent are listed once each."""
    proc = _fake_proc(tmp_path, _stat(10, b"a", _with(11, 5)), _stat(11, b"b", _with(10, 5)))

    assert [p.pid for p in procfs.snapshot(proc=proc, root_pid=10).processes] == [10, 11]


def test_arguments_are_split_at_nul(tmp_path: Path) -> None:
    """Empty arguments count, bytes that are no text are shown as escapes."""
    proc = _fake_proc(tmp_path, _stat(7, b"sh"))
    (tmp_path / "7" / "cmdline").write_bytes(b"sh\0\0-c\0caf\xe9\0")
    process = procfs.read_process(7, proc=proc, cmdline=True)

    assert process is not None
    assert process.cmdline == ("sh", "", "-c", r"caf\xe9")


def test_children_of_all_threads_are_found(tmp_path: Path) -> None:
    """A thread's children are the process's children; a long list takes several reads."""
    for tid, pids in ((7, range(1000, 3000)), (8, [9])):
        folder = tmp_path / "7" / "task" / str(tid)
        folder.mkdir(parents=True)
        (folder / "children").write_text("".join(f"{pid} " for pid in pids))

    assert procfs.children(7, proc=str(tmp_path)) == (9, *range(1000, 3000))
    assert procfs.tasks(7, proc=str(tmp_path)) == (7, 8)
    assert procfs.children(8, proc=str(tmp_path)) == ()


def test_lines_of_status_are_found_by_name(tmp_path: Path) -> None:
    """The kernel escapes newlines in the name, so the first match is the real one."""
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text(
        "Name:\ta\\nSigIgn:\t0\nNSpid:\t4242\t7\t1\nSigIgn:\t1\n"
    )
    proc = str(tmp_path)

    assert procfs.status_field(7, "SigIgn", proc=proc) == "1"
    assert procfs.status_field(7, "Sig", proc=proc) is None
    assert procfs.status_field(8, "SigIgn", proc=proc) is None
    assert procfs.nspid(7, proc=proc) == (4242, 7, 1)
    assert procfs.nspid(8, proc=proc) == ()


def test_the_last_pid_is_the_last_field_of_loadavg(tmp_path: Path) -> None:
    """Where the file is missing the count is unknown, not zero."""
    assert procfs.last_pid(proc=str(tmp_path)) is None
    (tmp_path / "loadavg").write_text("0.20 0.18 0.12 1/80 11206\n")

    assert procfs.last_pid(proc=str(tmp_path)) == 11206
