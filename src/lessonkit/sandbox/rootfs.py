"""Build the read-only system that programs see: a tmpfs with the host's /usr bound in.

Done once, by the launcher, in its own mount namespace. Every box starts as a copy of
that namespace and only adds its own /proc and /tmp, so a box costs two mounts.

Nothing is bound that was not asked for: no home, no course, no gradebook. Python itself
is bound from where it lives, piece by piece, because an environment may sit inside a
directory that must stay hidden.

Source: mount_namespaces(7), pivot_root(2).
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from lessonkit.sandbox import kernel

__all__ = ["STUDENT_UIDS", "build_root", "python_paths", "show"]

STUDENT_UIDS = range(60100, 60164)
"""Host users that boxes of root run as: unused ones, one for each box that runs at a time."""

_TOP = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_ETC = (
    "alternatives",
    "bash.bashrc",
    "debian_version",
    "gai.conf",
    "host.conf",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "nsswitch.conf",
    "os-release",
    "protocols",
    "services",
    "terminfo",
)
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt", "/tmp", "/var")
_PREFIX_PARTS = ("bin", "lib", "lib64", "include", "pyvenv.cfg")


def python_paths(executable: str, prefixes: Iterable[str], search: Iterable[str]) -> list[str]:
    """The files and directories that make up this Python, outside the bound system.

    *search* is sys.path: of it only what lies in a prefix, is called site-packages or
    dist-packages, or is named by the caller counts. Never a whole home or course.
    """
    found = [os.path.realpath(executable)]
    for prefix in {*prefixes, *(os.path.realpath(p) for p in prefixes)}:
        found += [os.path.join(prefix, part) for part in _PREFIX_PARTS]
    found += [p for p in search if os.path.basename(p) in ("site-packages", "dist-packages")]
    inside = tuple(top + "/" for top in _TOP)
    wanted = sorted({p for p in found if os.path.exists(p) and not p.startswith(inside)})
    kept: list[str] = []
    for path in wanted:  # sorted: a parent comes before what lies below it
        if not any(path.startswith(k + "/") for k in kept):
            kept.append(path)
    return kept


def build_root(paths: Iterable[str], *, uid: int, hostname: str) -> None:
    """Replace this mount namespace's root by the system that programs see.

    The caller is alone in its mount namespace and may mount. *paths* are bound at the
    same place, read-only. /proc of the host stays for the launcher; a box covers it.
    """
    paths = list(paths)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    root = _mount_point(paths)
    kernel.mount("lessonkit", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755")
    for top in _TOP:
        _show_top(top, root)
    for path in paths:
        for place in {path, os.path.realpath(path)}:
            show(os.path.realpath(path), root + place)
    _make_etc(root, uid, hostname)
    _make_dev(root)
    for name in ("tmp", "proc", "sys", "run", "var/tmp", "root", "home"):
        os.makedirs(os.path.join(root, name), exist_ok=True)
    kernel.bind_mount("/proc", root + "/proc")
    kernel.pivot_root(root)
    kernel.mount("none", "/", None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY)


def _mount_point(paths: Iterable[str]) -> str:
    for place in _MOUNT_POINTS:
        covers = any(os.path.realpath(p).startswith(place + "/") for p in paths)
        if os.path.isdir(place) and not os.path.islink(place) and not covers:
            return place
    raise OSError(2, f"no directory to build the system in: tried {', '.join(_MOUNT_POINTS)}")


def _show_top(top: str, root: str) -> None:
    if os.path.islink(top):  # /bin -> usr/bin, as on Debian
        os.symlink(os.readlink(top), root + top)
    elif os.path.isdir(top):
        show(top, root + top)


def show(source: str, target: str) -> None:
    """Bind *source* read-only at *target*, which is made; fine when it is there already."""
    if os.path.lexists(target):
        return  # within something that is bound already
    if os.path.isdir(source):
        os.makedirs(target, mode=0o755)
    else:
        os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
        open(target, "w").close()
    kernel.bind_mount(source, target)
    kernel.read_only_tree(target)


def _make_etc(root: str, uid: int, hostname: str) -> None:
    os.makedirs(root + "/etc", mode=0o755)
    for name in _ETC:
        source = os.path.realpath("/etc/" + name)
        if os.path.exists(source):
            show(source, f"{root}/etc/{name}")
    uids = dict.fromkeys((uid, *STUDENT_UIDS))
    students = "".join(f"student:x:{n}:{n}:student:/tmp:/bin/sh\n" for n in uids)
    groups = "".join(f"student:x:{n}:\n" for n in uids)
    nobody = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
    contents = {
        "passwd": f"root:x:0:0:root:/root:/bin/sh\n{students}{nobody}",
        "group": f"root:x:0:\n{groups}nogroup:x:65534:\n",
        "hosts": f"127.0.0.1 localhost {hostname}\n::1 localhost\n",
        "hostname": hostname + "\n",
    }
    for name, text in contents.items():
        with open(f"{root}/etc/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def _make_dev(root: str) -> None:
    os.makedirs(root + "/dev", mode=0o755)
    for name in _DEVICES:
        if os.path.exists("/dev/" + name):
            target = f"{root}/dev/{name}"
            open(target, "w").close()
            kernel.bind_mount("/dev/" + name, target)
    for link, place in (
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
        ("shm", "/tmp"),
    ):
        os.symlink(place, f"{root}/dev/{link}")
