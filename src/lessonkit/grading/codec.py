"""Write jobs and judgements as bytes, and read them again: on another machine, or years later.

A few bytes that say what it is, JSON, and behind it what is bytes already. Both ends are ours:
what students wrote is inside, as bytes or text, and is not looked at.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from typing import Any

from lessonkit.errors import UsageError
from lessonkit.grading.records import (
    Budget,
    CellResult,
    CellSpec,
    Job,
    Judgement,
    NotebookSpec,
)

__all__ = [
    "job_from_bytes",
    "job_to_bytes",
    "judgement_from_bytes",
    "judgement_to_bytes",
    "spec_from_json",
    "spec_to_json",
]

_JOB, _JUDGEMENT = b"lkjob\x001\n", b"lkjdg\x001\n"
_SIZE = struct.Struct("!Q")


def job_to_bytes(job: Job) -> bytes:
    """Write a job down."""
    # Most of the instructor's files are among those of the submission, and need not go twice.
    own = {n: data for n, data in job.trusted_files.items() if job.files.get(n) != data}
    head = {
        "assignment": job.assignment,
        "student": job.student,
        "spec": spec_to_json(job.spec),
        "budget": dataclasses.asdict(job.budget),
        "seed": job.seed,
        "files": list(job.files),
        "own": list(own),
        "trusted": list(job.trusted_files),
    }
    return _packed(_JOB, head, [job.submitted, *job.files.values(), *own.values()])


def job_from_bytes(data: bytes) -> Job:
    """Read a job. Raises UsageError for anything else."""
    head, (submitted, *blobs) = _unpacked(_JOB, data)
    files = dict(zip(head["files"], blobs[: len(head["files"])], strict=True))
    known = files | dict(zip(head["own"], blobs[len(files) :], strict=True))
    return Job(
        assignment=head["assignment"],
        student=head["student"],
        spec=spec_from_json(head["spec"]),
        submitted=submitted,
        files=files,
        trusted_files={name: known[name] for name in head["trusted"]},
        budget=Budget(**head["budget"]),
        seed=head["seed"],
    )


def judgement_to_bytes(judgement: Judgement) -> bytes:
    """Write a judgement down."""
    head = {
        field.name: getattr(judgement, field.name)
        for field in dataclasses.fields(judgement)
        if field.name not in ("notebook", "cells")
    }
    head["cells"] = [_shallow(cell) for cell in judgement.cells]
    return _packed(_JUDGEMENT, head, [judgement.notebook])


def judgement_from_bytes(data: bytes) -> Judgement:
    """Read a judgement. Raises UsageError for anything else."""
    head, blobs = _unpacked(_JUDGEMENT, data)
    cells = [
        CellResult(**{**cell, "misconceptions": tuple(cell["misconceptions"])})
        for cell in head.pop("cells")
    ]
    head["repairs"] = tuple(head["repairs"])
    return Judgement(**head, notebook=blobs[0], cells=tuple(cells))


def spec_to_json(spec: NotebookSpec) -> dict[str, Any]:
    """A specification as plain JSON, to be kept or hashed."""
    return {
        "name": spec.name,
        "cells": [_shallow(cell) for cell in spec.cells],
        "released": dict(spec.released),
        "modes": dict(spec.modes),
    }


def spec_from_json(told: dict[str, Any]) -> NotebookSpec:
    """The specification that `spec_to_json` wrote."""
    return NotebookSpec(**{**told, "cells": tuple(CellSpec(**cell) for cell in told["cells"])})


def _shallow(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _packed(kind: bytes, head: dict[str, Any], blobs: list[bytes]) -> bytes:
    text = json.dumps({"sizes": [len(blob) for blob in blobs], "head": head}).encode()
    return b"".join([kind, _SIZE.pack(len(text)), text, *blobs])


def _unpacked(kind: bytes, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    start = len(kind) + _SIZE.size
    if data[: len(kind)] != kind or len(data) < start:
        raise UsageError(
            f"these {len(data)} bytes are not what is expected here, which begins "
            f"with {kind!r}; they begin with {data[:8]!r}"
        )
    (size,) = _SIZE.unpack_from(data, len(kind))
    told = json.loads(data[start : start + size])
    blobs, place = [], start + size
    for length in told["sizes"]:
        blobs.append(data[place : place + length])
        place += length
    if place != len(data):
        raise UsageError(f"{len(data)} bytes came, {place} were sent")
    return told["head"], blobs
