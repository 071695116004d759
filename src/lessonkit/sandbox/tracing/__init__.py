"""Hold the parts of the exact observer; its door is `lessonkit.sandbox.tracer`.

abi.py      ptrace through ctypes, and what differs between architectures
seccomp.py  the filter that picks out the calls at which a task stops
family.py   who is whose child, who is dead, who reaped whom; turns facts into events
"""

from __future__ import annotations

__all__: list[str] = []
