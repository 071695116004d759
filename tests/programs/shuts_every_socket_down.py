"""Drain every descriptor, then shut every socket down in both directions.

ending: exited 4
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

for descriptor in range(3, 256):
    with contextlib.suppress(OSError):
        os.set_blocking(descriptor, False)
        os.read(descriptor, 65536)
    with contextlib.suppress(OSError):
        socket.socket(fileno=os.dup(descriptor)).shutdown(socket.SHUT_RDWR)
os._exit(4)
