"""Try what only an administrator may: mount, chroot, mknod, enter other namespaces.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

libc = ctypes.CDLL(None, use_errno=True)
MS_REMOUNT, MS_BIND, MNT_DETACH = 32, 4096, 2


def may(what: str, result: int) -> None:
    """Say it if a call that must be refused was not."""
    if result == 0:
        print(f"REACHED privileges: {what}", flush=True)


may("mount a tmpfs", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
may("remount /", libc.mount(b"", b"/", b"", MS_REMOUNT | MS_BIND, None))
may("unmount /tmp", libc.umount2(b"/tmp", MNT_DETACH))
may("chroot", libc.chroot(b"/tmp"))
may("set the host name", libc.sethostname(b"mine", 4))
may("become root", libc.setresuid(0, 0, 0) if os.getuid() else -1)
with contextlib.suppress(OSError):
    os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))
    may("make a disk", 0)
for name in ("mnt", "net", "pid", "user"):
    with contextlib.suppress(OSError):
        handle = os.open(f"/proc/{os.getppid()}/ns/{name}", os.O_RDONLY)
        same = os.fstat(handle).st_ino == os.stat(f"/proc/self/ns/{name}").st_ino
        may(f"enter the {name} namespace of its parent", -1 if same else libc.setns(handle, 0))
# A namespace of its own inside is harmless, as long as nothing outside gets writable in it.
if libc.unshare(0x10020000) == 0:
    libc.mount(b"", b"/usr", b"", MS_REMOUNT | MS_BIND, None)
    with contextlib.suppress(OSError):
        os.close(os.open("/usr/lessonkit-was-here", os.O_CREAT | os.O_EXCL))
        os.unlink("/usr/lessonkit-was-here")
        may("write to /usr from a namespace of its own", 0)
