"""Hold the parts of the exact observer; its door is `lessonkit.sandbox.tracer`.

From the bottom up:

abi.py      ptrace through ctypes, and what differs between architectures
seccomp.py  the filter that picks out the calls at which a task stops
looks.py    one question to the kernel about one process
log.py      the events
family.py   who is whose child, who is dead, who reaped whom; turns facts into events
memory.py   a look into the memory of a process
layout.py   where the interpreter keeps what it is doing
locations.py  the table that says which instruction is from which line
lines.py    which line of the program's text a task is at
calls.py    waits and sent signals, from their start to their end
"""

from __future__ import annotations

__all__: list[str] = []
