"""Write down a job: everything that init and the student's process are told."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from lessonkit.plain import encode_text
from lessonkit.records import Limits
from lessonkit.sandbox.channel import MOST_JOB_BYTES

__all__ = ["make_job"]


def make_job(
    *,
    mode: Literal["function", "source", "argv", "session"],
    blob: bytes = b"",
    args: Sequence[Any] = (),
    limits: Limits | None = None,
    filename: str = "program.py",
    how: Literal["pickle", "source"] = "pickle",
    name: str = "",
    scene: str | None = None,
    params: Mapping[str, Any] | None = None,
    seed: int | None = None,
    sources: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    files: Mapping[str, bytes] | None = None,
    line_buffered: bool = False,
    trace: bool = False,
    sample_seconds: float | None = None,
) -> tuple[dict[str, Any], bytes]:
    """Return the job and its blob, as `Box.run_job` takes them.

    mode: call a function (how: a pickle, or a source text and a name), run a source text
    as a program, become the program *args*, or hold a session with the client. scene:
    "module:name", played instead.
    files: name in the working directory -> b"x" or b"-" (executable or not) + content.
    Raises PlainError when args, params or files are not plain data.
    """
    plain_parts = {
        "args": list(args),
        "params": dict(params or {}),
        "stdin": stdin,
        "files": dict(files or {}),
    }
    job = {
        "op": "job",
        "mode": mode,
        "plain": encode_text(plain_parts, max_bytes=MOST_JOB_BYTES),
        "limits": dataclasses.asdict(limits or Limits()),
        "filename": filename,
        "how": how,
        "name": name,
        "scene": scene,
        "seed": secrets.randbits(62) if seed is None else seed,
        "sources": dict(sources or {}),
        "line_buffered": line_buffered,
        "trace": trace,
        "sample_seconds": sample_seconds,
    }
    return job, blob
