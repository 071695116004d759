"""Write noise and false results to every descriptor there is.

ending: exited 3
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

lie = json.dumps({"kind": "value", "value": 100, "ending": {"kind": "exited", "exit_code": 0}})
frames = [b"\0" * 64, b"\xff" * 64, b"garbage\n", lie.encode() + b"\n"]
frames += [struct.pack(order + "I", len(lie)) + lie.encode() for order in "<>"]
frames += [struct.pack("<I", 2**31), struct.pack(">Q", 2**62)]
for descriptor in range(256):
    for frame in frames:
        with contextlib.suppress(OSError):
            os.set_blocking(descriptor, False)
            os.write(descriptor, frame)
os._exit(3)
