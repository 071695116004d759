"""Give boxes without a /tmp of their own a directory of the host's, and take it away.

The launcher makes it, init removes it at the end of the box, the launcher looks again when
it reaps init, and a later launcher removes what killed ones left. A grader keeps what a test may
read in such a directory, too, and removes it itself, unless it is killed.
"""

from __future__ import annotations

import os
from contextlib import suppress

__all__ = ["make_home", "measure", "remove_home", "sweep_homes"]

_PREFIX = "lessonkit-box-"


def make_home(owner: int | None) -> str:
    """Make an empty directory that only *owner* (a uid; None: this user) may enter."""
    import tempfile  # only here: what the launcher has loaded is copied by every fork

    home = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
    if owner is not None:
        os.chown(home, owner, owner)
    return home


def remove_home(home: str) -> None:
    """Remove the directory and all in it, however a program left it; fine when it is gone.

    Uses rm(1): a program can nest directories deeper than Python can recurse, and can take
    away its own right to enter them.
    """
    if not os.path.lexists(home):
        return
    import subprocess  # as above

    for command in (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        done = subprocess.run([*command, "--", home], stderr=subprocess.DEVNULL, check=False)
        if done.returncode == 0 and not os.path.lexists(home):
            return


def measure(home: str, most: int) -> tuple[int, int]:
    """Bytes and inodes below *home*; stops counting soon after *most* inodes.

    Best effort: what changes meanwhile, may not be entered, or is nested so deep that its
    path is too long, is not counted.
    """
    used, inodes, waiting = 0, 0, [home]
    while waiting and inodes <= most:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                inodes += 1
                with suppress(OSError):
                    used += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                if inodes > most:
                    break
    return used, inodes


def sweep_homes() -> None:
    """Remove directories whose maker does not run any more."""
    import tempfile  # as above

    parent = tempfile.gettempdir()
    for name in os.listdir(parent):
        if name.startswith(_PREFIX):
            owner = name.removeprefix(_PREFIX).split("-")[0]
            if not os.path.exists(f"/proc/{owner}"):
                with suppress(OSError):
                    remove_home(os.path.join(parent, name))
