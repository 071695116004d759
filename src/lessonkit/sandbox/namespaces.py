"""Set up the namespaces of a box from inside, as its init. Needs to be done once.

Source: user_namespaces(7), mount_namespaces(7), network_namespaces(7).
"""

from __future__ import annotations

import os
import socket
from typing import Any

from lessonkit.sandbox import kernel, rootfs

__all__ = ["map_user", "resize_tmp", "set_up"]


def set_up(settings: dict[str, Any], out: int, err: int) -> None:
    """Be alone: user, names, network, /proc and /tmp. *out*, *err*: the program's pipes."""
    if settings["box_user_ns"]:
        inner, outer = settings["uid"], settings["outer_uid"]
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{inner} {outer} 1")
        _write("/proc/self/gid_map", f"{settings['gid']} {settings['outer_gid']} 1")
    os.setsid()
    socket.sethostname(settings["hostname"])
    kernel.loopback_up()
    options = f"mode=0755,uid={settings['uid']},gid={settings['gid']}"
    if settings["student_user_ns"]:
        options = f"mode=0755,uid={settings['host_uid']},gid={settings['host_uid']}"
    options += f",size={settings['disk_bytes']},nr_inodes={settings['disk_inodes']}"
    # Before the new /proc: the old one shows our descriptors in every tier.
    covered = [path for path in settings["paths"] if path.startswith("/tmp/")]
    shown = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in covered]
    kernel.mount("tmp", "/tmp", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    for path, fd in shown:  # a Python that lives below /tmp
        rootfs.show(f"/proc/self/fd/{fd}", path)
        os.close(fd)
    if settings["fresh_proc"]:
        flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
        kernel.mount("proc", "/proc", "proc", flags)
    else:
        os.chdir("/proc")  # kept for init alone; see view.py
        kernel.mount("none", "/proc", "tmpfs", kernel.MS_RDONLY, "mode=0555,size=4k")
    if settings["drop_uid"] or settings["student_user_ns"]:
        for fd in (out, err):  # else the program could not open /dev/stdout
            os.fchown(fd, settings["host_uid"], settings["host_uid"])


def resize_tmp(settings: dict[str, Any], limits: dict[str, Any]) -> None:
    """Give /tmp the size that the job allows; the box was made before the job was known.

    Nobody has used it yet: all but /tmp itself are folders that lead to a Python which lives below
    it (`set_up`), and they are not the program's.
    """
    there = os.statvfs("/tmp")
    ours = there.f_files - there.f_ffree - 1
    same = all(settings[name] == limits[name] for name in ("disk_bytes", "disk_inodes"))
    if same and not ours:
        return
    inodes = limits["disk_inodes"] + ours
    size = f"size={limits['disk_bytes']},nr_inodes={inodes}"
    flags = kernel.MS_REMOUNT | kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmp", "/tmp", "tmpfs", flags, size)


def map_user(pid: int, settings: dict[str, Any]) -> None:
    """Let the student's user namespace see one user: "student", an unused one of the host."""
    host = settings["host_uid"]
    _write(f"/proc/{pid}/uid_map", f"{settings['uid']} {host} 1")
    _write(f"/proc/{pid}/gid_map", f"{settings['gid']} {host} 1")


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
