"""Read `/proc`, and be the only module that does.

It runs in the notebook, in the launcher and inside the sandbox's init, so it imports next
to nothing. A process can vanish between any two system calls: functions that look at one
process return None (or an empty tuple) when it is gone; a snapshot leaves it out.

A name of a process can hold any byte but NUL, blanks, parentheses and newlines included:
`x) Z 1 (y` is a legal name. What is not UTF-8 is shown as `\\xff`.

Source: proc(5), proc_pid_stat(5), proc_pid_status(5), proc_pid_task(5), proc_loadavg(5).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from lessonkit.records import ProcessInfo, Snapshot

__all__ = [
    "children",
    "last_pid",
    "nspid",
    "parse_stat",
    "pids",
    "read_process",
    "schedule_seconds",
    "snapshot",
    "status_field",
    "tasks",
    "tree_below",
]

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MAX_CMDLINE_BYTES = 32 * 1024
_CAP_SYS_PTRACE = 1 << 19


def parse_stat(text: bytes | str) -> ProcessInfo:
    """Turn the text of one `/proc/PID/stat` into a record; `uid` stays -1, it is not in there.

    `exit_status` is set for zombies only. The kernel writes 0 there for a reader who may not
    inspect the process; `read_process` and `snapshot` know the difference, this cannot.

    Raises:
        ValueError: if it is not such a text.
    """
    return _parse(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text, -1)


def read_process(pid: int, *, proc: str = "/proc", cmdline: bool = False) -> ProcessInfo | None:
    """Read one process, or return None if it is gone.

    Raises:
        PermissionError: if `/proc` hides it from this user (mount option hidepid).
    """
    with _directory(proc) as proc_fd:
        return _read(str(pid), proc_fd, cmdline=cmdline)


def snapshot(
    *,
    proc: str = "/proc",
    root_pid: int | None = None,
    cmdline: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Snapshot:
    """Read every process in one pass, or only *root_pid* and the tree below it.

    Threads are counted in their process, not listed. `at_seconds` is the time at which the
    pass began. The kernel does not stand still meanwhile: processes that vanish, and those
    that `/proc` hides from this user, are left out. If *root_pid* is gone, so is its tree:
    the snapshot is empty.
    """
    at_seconds = clock()
    found: list[ProcessInfo] = []
    with _directory(proc) as proc_fd:
        for name in _numbers(proc_fd):
            try:
                process = _read(name, proc_fd, cmdline=cmdline)
            except PermissionError:  # hidepid=1: listed, but not for our eyes
                continue
            if process is not None:
                found.append(process)
    found.sort(key=_by_pid)  # /proc lists in this order; no manual promises it
    if root_pid is not None:
        found = tree_below(root_pid, found)
    return Snapshot(at_seconds=at_seconds, processes=tuple(found))


def tree_below(root_pid: int, processes: Iterable[ProcessInfo]) -> list[ProcessInfo]:
    """Return *root_pid* and its descendants among *processes*, ordered by pid.

    A parent is never younger than its child. Where it seems so, the parent ended during the
    pass and another process got its number: that link is not followed.
    """
    by_parent: dict[int, list[ProcessInfo]] = {}
    root = None
    for process in processes:
        by_parent.setdefault(process.ppid, []).append(process)
        if process.pid == root_pid:
            root = process
    tree: dict[int, ProcessInfo] = {}
    to_visit = [] if root is None else [root]
    while to_visit:
        process = to_visit.pop()
        if process.pid not in tree:
            tree[process.pid] = process
            to_visit += (
                child
                for child in by_parent.get(process.pid, ())
                if child.start_ticks >= process.start_ticks
            )
    return sorted(tree.values(), key=_by_pid)


def pids(*, proc: str = "/proc") -> list[int]:
    """Return the pids that `/proc` lists now, in rising order."""
    with _directory(proc) as proc_fd:
        return sorted(map(int, _numbers(proc_fd)))


def children(pid: int, *, proc: str = "/proc") -> tuple[int, ...]:
    """Return the pids of the children of all threads of *pid*, zombies included, in rising order.

    Exact only while the children stand still: one that ends during the call can hide another.
    Empty if the process is gone. Source: proc_pid_task_tid_children(5).
    """
    found: set[int] = set()
    for tid in tasks(pid, proc=proc):
        text = _text(f"{proc}/{pid}/task/{tid}/children")
        found.update(map(int, (text or "").split()))
    return tuple(sorted(found))


def tasks(pid: int, *, proc: str = "/proc") -> tuple[int, ...]:
    """Return the thread ids of *pid* in rising order; empty if the process is gone."""
    try:
        names = os.listdir(f"{proc}/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return ()
    return tuple(sorted(map(int, names)))


def status_field(pid: int, name: str, *, proc: str = "/proc") -> str | None:
    """Return one line of `/proc/PID/status`, such as "SigIgn", without its name.

    None if the process is gone or its status has no such line.
    """
    # The kernel escapes newlines in "Name:", so no process can forge a line.
    for line in (_text(f"{proc}/{pid}/status") or "").splitlines():
        field, _, value = line.partition(":")
        if field == name:
            return value.strip()
    return None


def schedule_seconds(pid: int, *, proc: str = "/proc") -> tuple[float, float] | None:
    """Seconds that a thread has run, and that it stood ready to run and had no processor.

    Both since its birth, of the thread *pid* alone; 0.0 where counting is switched off. None when
    it is gone, or this kernel does not count.

    Source: the kernel's Documentation/scheduler/sched-stats, /proc/PID/schedstat, fields 1 and 2.
    """
    try:
        with open(f"{proc}/{pid}/schedstat", "rb") as file:
            ran, waited = file.read().split()[:2]
            return int(ran) / 1e9, int(waited) / 1e9
    except (OSError, ValueError):
        return None


def nspid(pid: int, *, proc: str = "/proc") -> tuple[int, ...]:
    """Return the pids of one process, from the namespace of *proc* to the innermost.

    Empty if the process is gone. Source: proc_pid_status(5), "NSpid".
    """
    return tuple(map(int, (status_field(pid, "NSpid", proc=proc) or "").split()))


def last_pid(*, proc: str = "/proc") -> int | None:
    """Return the number that was handed out last in the caller's own pid namespace.

    Every new process and thread takes the next number, so a difference counts them until
    the numbers wrap at `/proc/sys/kernel/pid_max`. None where the file cannot be read.
    Source: proc_loadavg(5), last field.
    """
    try:
        text = _text(f"{proc}/loadavg")
    except PermissionError:
        return None
    return int(text.split()[-1]) if text else None


def _parse(data: bytes, uid: int) -> ProcessInfo:
    # The name is all that stands between the first "(" and the LAST ")".
    opening, closing = data.find(b" ("), data.rfind(b") ")
    rest = data[closing + 2 :].split()
    if opening < 1 or closing < opening or len(rest) < 22:
        raise ValueError(f"not the text of a /proc/PID/stat: {data[:80]!r}")
    state = rest[0].decode("ascii", "replace")
    # Names are those of proc_pid_stat(5); its field number is the index here plus 3.
    return ProcessInfo(
        pid=int(data[:opening]),
        ppid=int(rest[1]),
        pgid=int(rest[2]),
        sid=int(rest[3]),
        comm=data[opening + 2 : closing].decode("utf-8", "backslashreplace"),
        state=state,
        start_ticks=int(rest[19]),
        threads=int(rest[17]),
        flags=int(rest[6]),
        uid=uid,
        user_ticks=int(rest[11]),
        system_ticks=int(rest[12]),
        children_user_ticks=int(rest[13]),
        children_system_ticks=int(rest[14]),
        children_minor_faults=int(rest[8]),
        rss_bytes=int(rest[21]) * PAGE_BYTES,
        exit_status=int(rest[49]) if state in "ZX" and len(rest) > 49 else None,
    )


def _read(name: str, proc_fd: int, *, cmdline: bool) -> ProcessInfo | None:
    try:
        # The owner of the directory is the effective uid. The owner of the file `stat` is not:
        # it turns to root for zombies and for processes that are not dumpable.
        uid = os.stat(name, dir_fd=proc_fd).st_uid
        fd = os.open(f"{name}/stat", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc_fd)
        try:
            process = _parse(os.read(fd, 4096), uid)  # one line: never longer than one read
        finally:
            os.close(fd)
        if process.exit_status == 0 and uid != os.geteuid() and not _may_inspect_others():
            process = replace(process, exit_status=None)
        if cmdline:
            arguments = _bytes(f"{name}/cmdline", proc_fd, MAX_CMDLINE_BYTES)
            process = replace(process, cmdline=_arguments(arguments))
    except (FileNotFoundError, ProcessLookupError):
        return None
    return process


def _arguments(data: bytes) -> tuple[str, ...]:
    if not data:
        return ()
    return tuple(
        a.decode("utf-8", "backslashreplace") for a in data.removesuffix(b"\0").split(b"\0")
    )


def _may_inspect_others() -> bool:
    # Asked only for a zombie of another user whose exit status reads 0. Root in a plain
    # Docker container lacks this capability, so being root does not answer it.
    capabilities = status_field(os.getpid(), "CapEff", proc="/proc")
    return capabilities is not None and bool(int(capabilities, 16) & _CAP_SYS_PTRACE)


def _bytes(path: str, proc_fd: int | None = None, limit: int | None = None) -> bytes:
    """Read to the end, or up to *limit* bytes; proc files hand out about a page per read."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc_fd)
    try:
        data = b""
        while limit is None or len(data) < limit:
            more = os.read(fd, 65536)
            if not more:
                break
            data += more
        return data[:limit]
    finally:
        os.close(fd)


def _text(path: str) -> str | None:
    try:
        return _bytes(path).decode("utf-8", "backslashreplace")
    except (FileNotFoundError, ProcessLookupError):
        return None


def _numbers(proc_fd: int) -> Iterator[str]:
    return (name for name in os.listdir(proc_fd) if name.isdecimal())


def _by_pid(process: ProcessInfo) -> int:
    return process.pid


@contextmanager
def _directory(path: str) -> Iterator[int]:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)
