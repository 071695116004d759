"""Emulate, behind the outer fence, the hosts that this machine is not by nature.

    run_on_host("docker", body("tests.hostile:main"))

A host is a user, a set of system calls that are refused, capabilities, and what is mounted
over /proc and the control groups. Each is built from the kernel's own means (a seccomp
filter, the bounding set, mounts), in the body's own process, just before it starts.

"docker" follows the default profile and capabilities that Docker documents, as far as they
touch what a sandbox needs; it is not Docker. aarch64 numbers are written down but untried.

Source: seccomp(2), capabilities(7), https://docs.docker.com/engine/security/seccomp/.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # started by path, by fence init
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from tests.fence import (
    KEPT,
    MS_BIND,
    MS_RDONLY,
    MS_REMOUNT,
    Fence,
    Fenced,
    FenceUnavailable,
    cover,
    mount,
    require_inside,
)

__all__ = ["HIDDEN_PYTHON", "HOSTS", "Host", "chosen_hosts", "fence_on_host", "run_on_host"]

PR_CAPBSET_DROP, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 24, 22, 2
CLONE_NEWUSER = 0x10000000
CLONE_NEW_ANY = 0x7E020000  # NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET

Rule = tuple[str, int, int]
"""Refuse the system call *name* with *errno* when its first argument has a bit of *mask*;
mask 0: always."""

_NO_USERNS: tuple[Rule, ...] = (
    ("clone", errno.EPERM, CLONE_NEWUSER),
    ("unshare", errno.EPERM, CLONE_NEWUSER),
    ("clone3", errno.ENOSYS, 0),  # its flags are in memory, where a filter cannot look
)
_DOCKER_REFUSES = (
    "unshare setns mount umount2 pivot_root fsopen fsconfig fsmount fspick move_mount open_tree "
    "mount_setattr keyctl add_key request_key bpf perf_event_open userfaultfd open_by_handle_at "
    "kexec_load init_module finit_module delete_module reboot swapon swapoff acct quotactl "
    "settimeofday clock_settime sethostname setdomainname io_uring_setup io_uring_enter "
    "io_uring_register"
)
_DOCKER: tuple[Rule, ...] = (
    ("clone", errno.EPERM, CLONE_NEW_ANY),
    ("clone3", errno.ENOSYS, 0),
    *((name, errno.EPERM, 0) for name in _DOCKER_REFUSES.split()),
)
_NO_LANDLOCK: tuple[Rule, ...] = (("landlock_create_ruleset", errno.ENOSYS, 0),)

# CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW
# SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP
_DOCKER_CAPABILITIES = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
_MASKED = ("kcore", "keys", "timer_list", "latency_stats", "sched_debug", "acpi", "scsi")
_READ_ONLY = ("bus", "fs", "irq", "sys", "sysrq-trigger")


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """What a host refuses.

    user: uid and gid of an ordinary user instead of root, one that no account has. Each host
        has another, because the kernel counts the processes of a uid across all fences.
    hidden_python: the interpreter stays where only root may reach it, if that is so here.
    """

    user: int | None = None
    refused: tuple[Rule, ...] = ()
    docker_capabilities: bool = False
    masked_proc: bool = False
    hidden_python: bool = False
    writable_groups: bool = False


HOSTS: dict[str, Host] = {
    "root": Host(writable_groups=True, hidden_python=True),
    "root-no-cgroups": Host(hidden_python=True),
    "root-no-userns": Host(refused=_NO_USERNS, hidden_python=True),
    "user": Host(user=61000),
    "user-masked-proc": Host(user=61001, masked_proc=True),
    "user-no-landlock": Host(user=61002, refused=_NO_LANDLOCK),
    "docker": Host(refused=_DOCKER, docker_capabilities=True, masked_proc=True),
    "docker-user": Host(user=61003, refused=_DOCKER, docker_capabilities=True, masked_proc=True),
    "docker-no-landlock": Host(
        refused=_DOCKER + _NO_LANDLOCK, docker_capabilities=True, masked_proc=True
    ),
    "docker-user-no-landlock": Host(
        user=61004, refused=_DOCKER + _NO_LANDLOCK, docker_capabilities=True, masked_proc=True
    ),
}


HIDDEN_PYTHON = "docker-hidden-python"
"""A docker host whose interpreter only root may reach, where that is so on this machine."""

_ODD_HOSTS = {
    HIDDEN_PYTHON: Host(
        refused=_DOCKER, docker_capabilities=True, masked_proc=True, hidden_python=True
    )
}


def chosen_hosts(*hosts: str, always: int) -> tuple[str, ...]:
    """The first of these hosts; all of them with LESSONKIT_ALL_HOSTS=1 (`make soak`)."""
    return hosts if os.environ.get("LESSONKIT_ALL_HOSTS") == "1" else hosts[:always]


def fence_on_host(
    host: str,
    command: Sequence[str],
    *,
    timeout: float = 110.0,
    env: Mapping[str, str] | None = None,
) -> Fence:
    """Start *command* behind a fence, on the emulated *host*."""
    prefix = [sys.executable, os.path.abspath(__file__), host]
    return Fence([*prefix, *command], timeout=timeout, env=env)


def run_on_host(
    host: str,
    command: Sequence[str],
    *,
    timeout: float = 110.0,
    env: Mapping[str, str] | None = None,
) -> Fenced:
    """Run *command* behind a fence, on the emulated *host*, and say how it ended."""
    with fence_on_host(host, command, timeout=timeout, env=env) as fence:
        return fence.wait()


def enter(host: Host) -> None:
    """Turn this process, root behind a fence, into one on *host*. There is no way back."""
    require_inside()
    home, user = "/root", host.user or 0
    if not host.hidden_python:
        _make_reachable()
    if user:
        home = "/tmp/learner"
        os.mkdir(home, 0o700)
        os.chown(home, user, user)
    if host.masked_proc:
        _mask_proc()
    if not host.writable_groups:
        for mounted in _mount_points("/sys/fs/cgroup/"):
            _make_read_only(mounted)
    if host.refused:
        _refuse(host.refused)
    if host.docker_capabilities:
        for number in range(64):
            if number not in _DOCKER_CAPABILITIES:
                _prctl(PR_CAPBSET_DROP, number, may_fail=True)  # EINVAL: no such capability
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    os.environ["HOME"] = home
    os.chdir(KEPT[-1])


def _make_reachable() -> None:
    """Let every user reach the interpreter, its packages and the checkout.

    A directory on the way that others may not search (a Python below /root) is covered by
    an open one, in this mount namespace only, with nothing in it but what is kept.
    """
    for path in KEPT:
        for directory in reversed(Path(path).parents):
            if not directory.stat().st_mode & 0o001:
                cover(str(directory), mode="755")
        if Path(path).stat().st_mode & 0o005 != 0o005:
            raise FenceUnavailable(f"cannot emulate an ordinary user: {path} is not open to others")


def _mask_proc() -> None:
    """Hide and freeze parts of /proc as container engines do.

    The kernel then refuses a fresh /proc to whoever is not root of the whole machine.
    """
    for name in _MASKED:
        path = f"/proc/{name}"
        if os.path.isdir(path):
            mount("tmpfs", path, "tmpfs", MS_RDONLY)
        elif os.path.exists(path):
            mount("/dev/null", path, "", MS_BIND)
    for name in _READ_ONLY:
        if os.path.exists(f"/proc/{name}"):
            _make_read_only(f"/proc/{name}")


def _make_read_only(path: str) -> None:
    mount(path, path, "", MS_BIND)
    mount("", path, "", MS_BIND | MS_REMOUNT | MS_RDONLY)


def _mount_points(below: str) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return sorted({p for line in lines if (p := line.split()[4]).startswith(below)})


def _refuse(rules: Sequence[Rule]) -> None:
    """Install a filter that answers the *rules* and lets everything else pass.

    A few lines of the classic packet filter language: load a word of struct seccomp_data,
    jump if equal, jump if a bit is set, return. Source: seccomp(2), linux/filter.h.
    """
    load, equal, bits, give = 0x20, 0x15, 0x45, 0x06
    allow, refuse, first_argument = 0x7FFF0000, 0x00050000, 16
    arch, numbers = _ARCHITECTURES[platform.machine()]
    code = [
        (load, 0, 0, 4),  # the architecture, as the same number means another call elsewhere
        (equal, 1, 0, arch),
        (give, 0, 0, refuse | errno.ENOSYS),
        (load, 0, 0, 0),  # the number of the system call
    ]
    for name, number, mask in rules:
        if mask:
            code += [(equal, 0, 4, numbers[name]), (load, 0, 0, first_argument)]
            code += [(bits, 0, 1, mask), (give, 0, 0, refuse | number), (load, 0, 0, 0)]
        else:
            code += [(equal, 0, 1, numbers[name]), (give, 0, 0, refuse | number)]
    code.append((give, 0, 0, allow))
    instructions = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = struct.pack("HxxxxxxQ", len(code), ctypes.addressof(buffer))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program)


def _prctl(option: int, first: int, second: bytes | None = None, *, may_fail: bool = False) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (
        ctypes.c_ulong(first),
        ctypes.c_char_p(second),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    if libc.prctl(option, *arguments) != 0 and not may_fail:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}): {os.strerror(number)}")


_SHARED_NUMBERS = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "mount_setattr": 442,
    "landlock_create_ruleset": 444,
}
_NAMED = (
    "clone unshare setns mount umount2 pivot_root keyctl add_key request_key bpf perf_event_open "
    "userfaultfd open_by_handle_at kexec_load init_module finit_module delete_module reboot swapon "
    "swapoff acct quotactl settimeofday clock_settime sethostname setdomainname"
)
_X86_64 = (
    "56 272 308 165 166 155 250 248 249 321 298 323 304 246 175 313 176 169 167 168 163 179 164 "
    "227 170 171"
)
_AARCH64 = (
    "220 97 268 40 39 41 219 217 218 280 241 282 265 104 105 273 106 142 224 225 89 60 170 112 "
    "161 162"
)
_ARCHITECTURES: dict[str, tuple[int, dict[str, int]]] = {
    machine: (
        arch,
        _SHARED_NUMBERS | dict(zip(_NAMED.split(), map(int, numbers.split()), strict=True)),
    )
    for machine, arch, numbers in (
        ("x86_64", 0xC000003E, _X86_64),
        ("aarch64", 0xC00000B7, _AARCH64),
    )
}

if __name__ == "__main__":
    enter((HOSTS | _ODD_HOSTS)[sys.argv[1]])
    os.execvp(sys.argv[2], sys.argv[2:])
