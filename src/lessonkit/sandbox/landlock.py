"""Confine signals and files where no namespaces are to be had.

Two nested domains. The keeper enters the first one before it forks: it can signal only
what is inside, so its kill(-1) is atomic against fork and cannot leave the box. The
student enters a second one below it: it can signal neither the keeper nor anything
outside, and sees only the files that are listed.

Source: landlock(7); signal scoping is ABI 6 (Linux 6.12).
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Any

from lessonkit.sandbox import kernel

__all__ = ["abi", "enter_keeper_domain", "restrict_student"]

SIGNAL_SCOPE_ABI = 6

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1, 2
_PATH_BENEATH = 1
_READ = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read file, read directory
_DEVICE = (1 << 1) | (1 << 2)  # write and read file
_ALL = (1 << 16) - 1
_NO_TCP = 0x3

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/proc")
_ETC = (
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/passwd",
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/hosts",
    "/etc/terminfo",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The version of Landlock that this kernel offers; 0 where it is off."""
    return max(0, int(_libc.syscall(_CREATE, None, 0, 1)))


def enter_keeper_domain() -> None:
    """Let this process and all it forks signal only each other. Needs ABI 6."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    _restrict(_ruleset(0, 0))


def restrict_student(settings: dict[str, Any]) -> None:
    """Nest a second domain: no signals outwards, no TCP, only the listed files."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    rules = _ruleset(_ALL, _NO_TCP)
    for path in (*_SYSTEM, *_ETC, *settings["readable"]):
        _allow(rules, path, _READ)
    for path in _DEVICES:
        _allow(rules, path, _DEVICE)
    _allow(rules, settings["home"], _ALL)
    _restrict(rules)


def _ruleset(files: int, tcp: int) -> int:
    scoped = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS
    attr = struct.pack("QQQ", files, tcp, scoped)
    return _call("landlock_create_ruleset", _CREATE, attr, len(attr), 0)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # this host has no such path, or we may not see it: nothing to allow
    try:
        if not os.path.isdir(path):
            access &= _DEVICE | 1
        attr = struct.pack("=Qi", access, fd)
        _call(f"landlock_add_rule {path}", _ADD_RULE, rules, _PATH_BENEATH, attr, 0)
    finally:
        os.close(fd)


def _restrict(rules: int) -> None:
    try:
        _call("landlock_restrict_self", _RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _call(what: str, number: int, *args: object) -> int:
    result = int(_libc.syscall(number, *args))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result
