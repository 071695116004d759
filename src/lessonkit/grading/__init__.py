"""Judge one submitted notebook: bytes in, bytes out, whatever is in it.

Nothing here knows a gradebook, a folder or nbgrader; `lessonkit.batch` brings submissions here
and writes down what comes back.
"""

from __future__ import annotations
