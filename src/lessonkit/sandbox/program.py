"""Be the student's process: become harmless, then serve init.

Forked from init before a job is known, so nothing of a check is in its memory. First
`main` gives up every privilege and takes on the limits; from then on it is in the
student's hands, and what it says through its channel is only a claim.

Source: user_namespaces(7), capabilities(7), getrlimit(2).
"""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from typing import Any, NoReturn

from lessonkit.sandbox import kernel, landlock, shield
from lessonkit.sandbox.channel import Packets, send_packets
from lessonkit.sandbox.serving import Server

__all__ = ["ENVIRONMENT", "become_student", "main"]

CHANNEL_FD = 230
"""Far from the descriptors that programs meet (3, 4, 5 are free), and not inherited by exec."""

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",
    "USER": "student",
    "LOGNAME": "student",
    "SHELL": "/bin/sh",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "TMPDIR": "/tmp",
}


def become_student(settings: dict[str, Any]) -> None:
    """Take on the student's user and give up everything else. There is no way back."""
    if settings["drop_uid"]:
        os.setgroups([])
        os.setresgid(settings["gid"], settings["gid"], settings["gid"])
        os.setresuid(settings["uid"], settings["uid"], settings["uid"])
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.drop_capabilities()
    # A change of uid makes /proc/self belong to root; a student must be able to read it.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    os.umask(0o022)


def main(settings: dict[str, Any], sock: socket.socket, out: int, err: int) -> NoReturn:
    """Run as the student's process until told to exit. Never returns."""
    code = 1
    try:
        channel = _set_up(settings, sock, out, err)
        code = Server(channel).serve()
    finally:
        os._exit(code)


def _set_up(settings: dict[str, Any], sock: socket.socket, out: int, err: int) -> socket.socket:
    os.setsid()
    kernel.set_name("python3")
    kernel.set_command_line("python3 program.py")
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(sock.detach(), CHANNEL_FD, inheritable=False)
    for number, fd in enumerate((null, out, err)):
        os.dup2(fd, number)
    os.closerange(3, CHANNEL_FD)
    kernel.close_from(CHANNEL_FD + 1)
    channel = socket.socket(fileno=CHANNEL_FD)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # init is not; it could not trace us otherwise
    if settings["student_user_ns"]:
        kernel.unshare(kernel.CLONE_NEWUSER)
    send_packets(channel, {"kind": "born"})
    packets = Packets(channel, trusted=True)
    packets.feed(block=True)  # init has mapped our user, and traces us if it was asked to
    if settings["landlock"]:
        landlock.restrict_student(settings)
    if not settings["drop_uid"] or not settings["pid_ns"]:
        shield.install(
            protected=settings["protected"],
            signals=settings["shield"],
            no_namespaces=not settings["pid_ns"],
        )
    become_student(settings)
    if not settings["pid_ns"]:
        # No namespace dies with init; at least its child does. A change of user clears it.
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    _reset_signals()
    # When a cgroup runs out of memory the kernel is to end us, and not init.
    with suppress(OSError):
        fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(fd, b"500")
        os.close(fd)
    os.environ.clear()
    os.environ.update(ENVIRONMENT, **settings["environment"])
    os.chdir(settings["home"])
    return channel


def _reset_signals() -> None:
    """As in a Python that was just started: all default, but SIGPIPE and SIGXFSZ ignored."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue  # real-time signals that the C library keeps for itself
    kernel.reset_reserved_signals()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
