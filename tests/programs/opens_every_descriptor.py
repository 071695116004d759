"""Open descriptors until refused: pipes, sockets and files.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

kept = []
with contextlib.suppress(OSError):
    while len(kept) < 5000:
        kept += [os.pipe(), socket.socketpair(), open("/dev/null")]
if len(kept) >= 5000:
    print("REACHED open_files: 5000")
