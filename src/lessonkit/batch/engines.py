"""What judges: `lessonkit.grading` in earnest, something small in a test of the driver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lessonkit.grading.records import Job, Judgement

__all__ = ["Engine", "grading_engine"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """How a notebook is judged.

    encode: here, before a job travels. judge: wherever it is judged; found there by its name.
    decode: here again. calibrate: as judge, with a job of which only the specification, files and
    budget count; comes back with JSON, {"modes": {grade_id: mode}, "problems": [sentence]}.
    preload: modules that a worker imports before its first job.
    """

    encode: Callable[[Job], bytes]
    judge: Callable[[bytes], bytes]
    decode: Callable[[bytes], Judgement]
    calibrate: Callable[[bytes], bytes] | None = None
    preload: tuple[str, ...] = ()


def judge(job: bytes) -> bytes:
    """`lessonkit.grading.judge`, which is imported by whoever judges and by nobody else."""
    from lessonkit.grading import judging

    return judging.judge(job)


def calibrate(job: bytes) -> bytes:
    """`lessonkit.grading.calibrating`, likewise."""
    from lessonkit.grading import calibrating

    return calibrating.calibrate_job(job)


def grading_engine() -> Engine:
    """The real one."""
    from lessonkit.grading import codec

    return Engine(
        encode=codec.job_to_bytes,
        judge=judge,
        decode=codec.judgement_from_bytes,
        calibrate=calibrate,
        preload=("lessonkit.grading.judging",),
    )
