"""Hold the parts of the exact observer; its door is `lessonkit.sandbox.tracer`.

abi.py      the kernel interface: ptrace calls, the seccomp filter, numbers per architecture
family.py   who is whose child, who is dead, who reaped whom; turns facts into events
"""

from __future__ import annotations

__all__: list[str] = []
