"""Open the descriptors and the memory of every process through /proc.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

own = ""
with contextlib.suppress(OSError):
    own = os.readlink("/proc/self")  # not getpid(): this /proc may be another namespace's
for name in os.listdir("/proc"):
    if not name.isdigit() or name == own:
        continue
    paths = [f"/proc/{name}/mem"]
    with contextlib.suppress(OSError):
        paths += [f"/proc/{name}/fd/{fd}" for fd in os.listdir(f"/proc/{name}/fd")]
    for path in paths:
        with contextlib.suppress(OSError):
            if not stat.S_ISREG(os.stat(path).st_mode):  # spare the files of the checkout
                os.write(os.open(path, os.O_RDWR | os.O_NONBLOCK), b"garbage\n")
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            print(f"REACHED hidden_files: {path}", flush=True)
