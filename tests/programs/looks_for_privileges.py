"""Look whether any privilege was left to it, or could be won by a setuid program.

ending: exited 0
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

VERSION_3, PR_GET_NO_NEW_PRIVS = 0x20080522, 39
libc = ctypes.CDLL(None, use_errno=True)
sets = ctypes.create_string_buffer(24)
if libc.capget(struct.pack("Ii", VERSION_3, 0), sets) != 0 or any(sets.raw):
    print(f"REACHED privileges: capabilities {sets.raw.hex()}")
if libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
    print("REACHED privileges: new ones may be won")
if set(os.getgroups()) - {os.getgid(), 65534}:
    print(f"REACHED privileges: groups {os.getgroups()}")
if len({*os.getresuid(), *os.getresgid()}) > 2:
    print(f"REACHED privileges: other ids {os.getresuid()} {os.getresgid()}")
