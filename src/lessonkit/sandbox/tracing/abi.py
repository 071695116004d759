"""Speak ptrace through ctypes: numbers, one call each, nothing remembered.

Every call on a stopped task can fail with ESRCH, because SIGKILL takes a task out of any
stop. The calls here return None or False then: the task's death is reported by waitpid
soon, and nothing else has to be done.

System call numbers: x86-64 is tried; aarch64 is written from the kernel's table, untried.
Source: ptrace(2); linux/ptrace.h, linux/audit.h, asm/unistd.h.
"""

from __future__ import annotations

import ctypes
import os
import signal as signals
import struct
from typing import NamedTuple

__all__ = [
    "EVENT_CLONE",
    "EVENT_EXEC",
    "EVENT_FORK",
    "EVENT_SECCOMP",
    "EVENT_STOP",
    "EVENT_VFORK",
    "ODD_CLONES",
    "SYSCALL_STOP",
    "WALL",
    "Architecture",
    "clone_flags",
    "event_message",
    "fork_like",
    "here",
    "libc",
    "listen",
    "peek",
    "peek_auto_reaps",
    "peek_int",
    "peek_name",
    "resume",
    "resume_to_syscall_exit",
    "seize",
    "signal_origin",
    "syscall_exit",
    "syscall_start",
    "thread_pointer",
]

WALL = 0x40000000  # __WALL: wait for every kind of child, threads of tracees too

EVENT_FORK, EVENT_VFORK, EVENT_CLONE, EVENT_EXEC = 1, 2, 3, 4
EVENT_SECCOMP, EVENT_STOP = 7, 128
SYSCALL_STOP = 5 | 0x80  # SIGTRAP | 0x80, asked for with TRACESYSGOOD

_CONT, _SYSCALL = 7, 24
_GETEVENTMSG, _GETSIGINFO = 0x4201, 0x4202
_GETREGSET, _SEIZE, _LISTEN, _GET_SYSCALL_INFO = 0x4204, 0x4206, 0x4208, 0x420E
_PEEKDATA = 2
_OPTIONS = (
    1  # TRACESYSGOOD
    | 1 << EVENT_FORK
    | 1 << EVENT_VFORK
    | 1 << EVENT_CLONE
    | 1 << EVENT_EXEC
    | 1 << EVENT_SECCOMP
    | 1 << 20  # EXITKILL: no tracee outlives its tracer
)
# TRACEEXIT is left out on purpose: a stop there holds a killed task until its tracer looks,
# so whoever kills the whole tree would have to go on tracing while killing.

ODD_CLONES = 0x10000 | 0x8000 | 0x20000000
"""CLONE_THREAD, CLONE_PARENT, CLONE_NEWPID: the new task is not a plain child."""

fork_like = {EVENT_FORK: "fork", EVENT_VFORK: "vfork", EVENT_CLONE: "clone"}
"""Which ptrace event means which `Event.how`."""


class Architecture(NamedTuple):
    """What differs between machines.

    audit: what seccomp calls it. calls: the calls that are watched, by number.
    number_at, first_at: where the registers hold a call's number and first argument (bytes
    into the general register set); stack_at: the stack pointer; thread_at: the thread pointer,
    None if it is not among them. makers: the calls that make tasks.
    """

    audit: int
    calls: dict[int, str]
    number_at: int
    first_at: int
    stack_at: int
    thread_at: int | None
    makers: dict[int, str]


_ARCHITECTURES = {
    "x86_64": Architecture(
        audit=0xC000003E,
        calls={
            61: "wait4",
            247: "waitid",
            62: "kill",
            200: "tkill",
            234: "tgkill",
            129: "rt_sigqueueinfo",
            297: "rt_tgsigqueueinfo",
            424: "pidfd_send_signal",
            157: "prctl",
            13: "rt_sigaction",
            272: "unshare",
            308: "setns",
            59: "execve",
            322: "execveat",
            231: "exit_group",
        },
        number_at=15 * 8,  # orig_rax
        first_at=14 * 8,  # rdi
        stack_at=19 * 8,  # rsp
        thread_at=21 * 8,  # fs_base
        makers={56: "clone", 57: "fork", 58: "vfork", 435: "clone3"},
    ),
    "aarch64": Architecture(  # untried
        audit=0xC00000B7,
        calls={
            260: "wait4",
            95: "waitid",
            129: "kill",
            130: "tkill",
            131: "tgkill",
            138: "rt_sigqueueinfo",
            240: "rt_tgsigqueueinfo",
            424: "pidfd_send_signal",
            167: "prctl",
            134: "rt_sigaction",
            97: "unshare",
            268: "setns",
            221: "execve",
            281: "execveat",
            94: "exit_group",
        },
        number_at=8 * 8,  # x8
        first_at=0,  # x0
        stack_at=31 * 8,  # sp
        thread_at=None,  # it has a register set of its own
        makers={220: "clone", 435: "clone3"},
    ),
}


def here() -> Architecture | None:
    """The numbers of this machine, or None where they are not known."""
    if struct.calcsize("P") != 8:
        return None  # a 32-bit interpreter on a 64-bit kernel uses other numbers
    return _ARCHITECTURES.get(os.uname().machine)


# PyDLL: nothing here blocks, so there is no use in letting go of the interpreter lock.
libc = ctypes.PyDLL(None, use_errno=True)
_ptrace = libc.ptrace
_ptrace.restype = ctypes.c_long
_ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
# The same for what is done at every stop: a third of the price without argtypes and errno. It
# takes ints of 32 bits, None, and ctypes objects by reference.
_quick = ctypes.PyDLL(None).ptrace

_message = ctypes.c_ulong()
_message_ref = ctypes.byref(_message)
_buffer = ctypes.create_string_buffer(1024)
_buffer_at = ctypes.addressof(_buffer)
_view = memoryview(_buffer)
_vector = (ctypes.c_size_t * 2)()  # struct iovec: where, how long
_WORD = struct.Struct("=Q")
_START = struct.Struct("=24xQ6Q")  # ptrace_syscall_info: 24 bytes of head, then nr and args
_EXIT = struct.Struct("=B23xqB")
_SMALLEST_REGSET = 27 * 8  # that of x86-64; a 32-bit task's is smaller
_SIGINFO = struct.Struct("=8xi4xi")  # si_code, then si_pid (where the code says it is one)


def seize(pid: int) -> None:
    """Begin to trace *pid* without stopping it. OSError says why the kernel refuses."""
    if _ptrace(_SEIZE, pid, None, _OPTIONS) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot trace process {pid}: {os.strerror(number)}")


def resume(tid: int, signal: int = 0) -> None:
    """Let *tid* run on, with *signal* delivered."""
    _quick(_CONT, tid, None, signal)


def resume_to_syscall_exit(tid: int) -> None:
    """Let *tid* run to the end of its system call."""
    _quick(_SYSCALL, tid, None, 0)


def listen(tid: int) -> None:
    """Leave *tid* stopped by its stop signal, but hear of the SIGCONT that ends it."""
    _ptrace(_LISTEN, tid, None, None)


def event_message(tid: int) -> int | None:
    """The number that belongs to a ptrace event: the new child, or the former thread."""
    if _quick(_GETEVENTMSG, tid, None, _message_ref) != 0:
        return None
    return _message.value


def signal_origin(tid: int) -> tuple[int, int] | None:
    """(si_code, si_pid) of the signal about to be delivered; si_pid counts only for some codes."""
    if _quick(_GETSIGINFO, tid, None, _buffer) != 0:
        return None
    code, pid = _SIGINFO.unpack_from(_view)
    return code, pid


def syscall_start(tid: int) -> tuple[int, ...] | None:
    """Number and six arguments of the call at whose start a seccomp stop holds *tid*."""
    if _quick(_GET_SYSCALL_INFO, tid, 128, _buffer) <= 0:
        return None
    return _START.unpack_from(_view)


def syscall_exit(tid: int) -> tuple[int, bool] | None:
    """(value, failed) of the call at whose end *tid* is stopped; None if it is not at an end.

    On failure the value is minus the errno, or a restart code (512 to 516) that the program
    itself never sees.
    """
    if _quick(_GET_SYSCALL_INFO, tid, 128, _buffer) <= 0:
        return None
    kind, value, failed = _EXIT.unpack_from(_view)
    return (value, bool(failed)) if kind == 2 else None


def peek_int(tid: int, address: int) -> int | None:
    """The 32-bit number at *address* in the memory of *tid*; None if it cannot be read."""
    ctypes.set_errno(0)
    word = _ptrace(_PEEKDATA, tid, address, None)
    if word == -1 and ctypes.get_errno():
        return None
    return ctypes.c_int32(word).value


def peek(tid: int, address: int, size: int) -> bytes:
    """*size* bytes at *address* in the memory of *tid*, or as many as can be read.

    A call for every eight of them; but it is allowed wherever tracing is.
    """
    words = []
    for offset in range(0, size, 8):
        ctypes.set_errno(0)
        word = _ptrace(_PEEKDATA, tid, address + offset, None)
        if word == -1 and ctypes.get_errno():
            break
        words.append(word)
    return struct.pack(f"={len(words)}q", *words)[:size]


def clone_flags(tid: int, machine: Architecture) -> int | None:
    """The flags with which *tid*, stopped by a fork-like event, makes a task; None if unknown.

    /proc answers the same questions about the new task, at thirty times the price.
    """
    if not _registers(tid):
        return None
    (number,) = _WORD.unpack_from(_view, machine.number_at)
    (first,) = _WORD.unpack_from(_view, machine.first_at)
    name = machine.makers.get(number)
    if name == "clone3":
        low = peek_int(tid, first)  # the first member of struct clone_args, lower half
        return None if low is None else low & 0xFFFFFFFF
    if name == "clone":
        return int(first)
    return None if name is None else 0


def thread_pointer(tid: int, machine: Architecture) -> int | None:
    """The register that tells the threads of a process apart; pthread_self() on x86-64."""
    if machine.thread_at is None or not _registers(tid):
        return None
    return int(_WORD.unpack_from(_buffer, machine.thread_at)[0])


def stack_pointer(tid: int, machine: Architecture) -> int | None:
    """Where the stack of *tid* ends; None if that cannot be known."""
    return int(_WORD.unpack_from(_buffer, machine.stack_at)[0]) if _registers(tid) else None


def _registers(tid: int) -> bool:
    """Read the general registers of *tid* into the buffer; False if that cannot be."""
    _vector[0], _vector[1] = _buffer_at, 1024
    nt_prstatus = 1
    done = _quick(_GETREGSET, tid, nt_prstatus, _vector) == 0
    return done and _vector[1] >= _SMALLEST_REGSET


def peek_name(tid: int, address: int) -> str | None:
    """The name of at most 15 bytes that *tid* hands to prctl(PR_SET_NAME)."""
    numbers = [peek_int(tid, address + offset) for offset in range(0, 16, 4)]
    known = b"".join(struct.pack("=i", n) for n in numbers if n is not None)
    name = known[:15].split(b"\0")[0]
    return name.decode("utf-8", "backslashreplace") if known else None


def peek_auto_reaps(tid: int, address: int) -> bool | None:
    """True if the action that *tid* sets for SIGCHLD frees it from reaping; None: it sets none.

    The kernel's struct sigaction begins with the handler, a pointer, and the flags, a long.
    """
    handler = peek_int(tid, address) if address else None
    high, flags = peek_int(tid, address + 4), peek_int(tid, address + 8)
    if handler is None or high is None or flags is None:
        return None
    sig_ign, sa_nocldwait = 1, 2
    return (handler, high) == (sig_ign, 0) or bool(flags & sa_nocldwait)


def child_signal_fd() -> int:
    """A descriptor that can be read whenever a child or tracee has news; blocks SIGCHLD.

    Non-blocking, closed on exec. It spares the tracer a run of a Python signal handler for
    every stop. Processes made afterwards inherit the blocked SIGCHLD and must unblock it.
    Source: signalfd(2).
    """
    signals.pthread_sigmask(signals.SIG_BLOCK, [signals.SIGCHLD])
    mask = struct.pack("=Q", 1 << (signals.SIGCHLD - 1)) + bytes(120)  # glibc's sigset_t
    fd: int = libc.signalfd(-1, mask, os.O_NONBLOCK | os.O_CLOEXEC)
    if fd < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot watch for SIGCHLD: {os.strerror(number)}")
    return fd
