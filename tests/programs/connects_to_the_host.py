"""Connect to servers outside: by TCP, UDP and an abstract address.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

port, name = int(sys.argv[3]), sys.argv[4]
with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.3):
    print("REACHED network: TCP", flush=True)
with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.connect(("127.0.0.1", port))
    udp.send(b"a message to the host")
    udp.settimeout(0.2)
    if udp.recv(1) == b"!":
        print("REACHED network: UDP", flush=True)
with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as local:
    local.connect("\0" + name)
    print("REACHED network: abstract socket", flush=True)
