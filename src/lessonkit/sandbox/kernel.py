"""Be the one door to system calls that Python does not offer.

Every function raises OSError with the kernel's errno, and names what was tried.
Numbers that differ between machines are in one table; x86-64 is tried, aarch64 follows
the kernel's tables and is untried.
"""

from __future__ import annotations

import ctypes
import fcntl
import functools
import os
import platform
import socket
import struct

__all__ = [
    "CLONE_NEWIPC",
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "CLONE_NEWUSER",
    "CLONE_NEWUTS",
    "bind_mount",
    "clone_process",
    "close_from",
    "drop_capabilities",
    "loopback_up",
    "mount",
    "pivot_root",
    "prctl",
    "read_only_tree",
    "reset_reserved_signals",
    "set_command_line",
    "set_name",
    "setns",
    "unmount",
    "unshare",
]

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 0x2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY = 0x1
_MOUNT_ATTR_NOSUID = 0x2

_NUMBERS = {  # clone, pivot_root, rt_sigaction: those that differ between the two machines
    "x86_64": (56, 155, 13),
    "aarch64": (220, 41, 134),
}
_SYS_MOUNT_SETATTR = 442

_libc = ctypes.CDLL(None, use_errno=True)
_SIGCHLD = 17


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _number(index: int) -> int:
    machine = platform.machine()
    try:
        return _NUMBERS[machine][index]
    except KeyError:
        raise OSError(38, f"system call numbers for {machine!r} are not known") from None


def clone_process(flags: int) -> int:
    """Fork into new namespaces at once; return the child's pid, 0 in the child.

    Cheaper than fork + unshare + fork, which a new pid namespace would otherwise need.
    The caller must have one thread only. Source: clone(2).
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    pid: int = _libc.syscall(_number(0), ctypes.c_ulong(flags | _SIGCHLD), None, None, None, None)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    code = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(code, f"clone with namespaces 0x{flags:x}: {os.strerror(code)}")
    return pid


def unshare(flags: int) -> None:
    """Move this process into new namespaces. Source: unshare(2)."""
    _check(_libc.unshare(flags), f"unshare 0x{flags:x}")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace behind *fd*. Source: setns(2)."""
    _check(_libc.setns(fd, kind), f"setns 0x{kind:x}")


def prctl(option: int, value: int = 0) -> int:
    """Call prctl(2) with one argument; the others are zero."""
    return _check(
        _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl option {option} = {value}"
    )


def mount(source: str, target: str, kind: str | None, flags: int = 0, data: str = "") -> None:
    """Call mount(2)."""
    result = _libc.mount(
        source.encode(),
        os.fsencode(target),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        data.encode() if data else None,
    )
    _check(result, f"mount {kind or source} on {target}")


def bind_mount(source: str, target: str) -> None:
    """Show *source* with everything mounted below it at *target*."""
    mount(source, target, None, MS_BIND | MS_REC)


def unmount(target: str) -> None:
    """Detach a mount; it goes when nobody uses it any more. Source: umount2(2)."""
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"unmount {target}")


def read_only_tree(target: str) -> None:
    """Make a mount and all below it read-only and without set-user-id programs.

    Source: mount_setattr(2), Linux 5.12. On older kernels only the top mount changes.
    """
    attr = struct.pack("QQQQ", _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    result = _libc.syscall(
        _SYS_MOUNT_SETATTR, -100, os.fsencode(target), _AT_RECURSIVE, attr, len(attr)
    )
    if result < 0:
        mount("none", target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID)


def pivot_root(new_root: str) -> None:
    """Make *new_root* the root of this mount namespace and forget the old one."""
    os.chdir(new_root)
    _check(_libc.syscall(_number(1), b".", b"."), f"pivot_root to {new_root}")
    unmount(".")  # the old root was stacked on top by pivot_root(".", "."): pivot_root(2)
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every capability of this process, for good. Source: capabilities(7)."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break  # EINVAL: past the last one; EPERM: no CAP_SETPCAP, and no_new_privs is set
    header = struct.pack("Ii", 0x20080522, 0)
    _check(_libc.capset(header, struct.pack("6I", *[0] * 6)), "capset")


def close_from(first: int) -> None:
    """Close every descriptor from *first* on."""
    os.closerange(first, 1 << 20) if not hasattr(_libc, "close_range") else _check(
        _libc.close_range(ctypes.c_uint(first), ctypes.c_uint(0xFFFFFFFF), 0), "close_range"
    )


def loopback_up() -> None:
    """Bring up `lo` of a fresh network namespace. Source: netdevice(7), SIOCSIFFLAGS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(sock, 0x8914, request)


def reset_reserved_signals() -> None:
    """Set the two signals that the C library keeps for itself to their defaults.

    Some programs leave them ignored to all that they start, and signal(2) refuses to touch
    them. Source: rt_sigaction(2), nptl(7).
    """
    for number in (32, 33):
        _libc.syscall(_number(2), number, bytes(32), None, ctypes.c_size_t(8))


def set_name(name: str) -> None:
    """Set this process's name as `ps -o comm` shows it, 15 bytes. Source: prctl(2)."""
    _libc.prctl(PR_SET_NAME, ctypes.c_char_p(name.encode()[:15]), 0, 0, 0)


def set_command_line(text: str) -> None:
    """Overwrite the arguments that `ps` shows, within the room that they had.

    Cosmetic: does nothing where the kernel hides the addresses. They are looked up once; what
    is forked from here has them at the same place.
    Source: proc_pid_stat(5), fields 48 arg_start and 49 arg_end.
    """
    start, end = _place_of_command_line()
    room = end - start
    if start and room > 1:
        words = text.encode().replace(b" ", b"\0")[: room - 1]
        ctypes.memset(start, 0, room)
        ctypes.memmove(start, words, len(words))


@functools.cache
def _place_of_command_line() -> tuple[int, int]:
    try:
        with open("/proc/self/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
    except OSError:
        return 0, 0  # no /proc in this box
    return int(fields[45]), int(fields[46])
