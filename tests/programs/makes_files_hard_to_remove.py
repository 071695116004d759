"""Leave in its directory what makes cleaning up hard or dangerous.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

bait = sys.argv[5]
os.symlink(bait, "link-to-bait")
os.symlink("loop", "loop")
os.symlink("..", "up")
os.mkfifo("fifo")
with contextlib.suppress(OSError):
    os.link(f"{bait}/kept", "hard-link")
socket.socket(socket.AF_UNIX).bind("socket")
os.close(os.open(b"bad-name-\xff\n", os.O_CREAT))
os.mkdir("closed")
os.mkdir("closed/inside")
os.chmod("closed/inside", 0)
os.chmod("closed", 0)
with contextlib.suppress(OSError):
    for _ in range(200):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
