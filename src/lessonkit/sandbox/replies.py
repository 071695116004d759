"""Turn what the student's process claims into a `Reply`; anything odd is "bad"."""

from __future__ import annotations

from typing import Any

from lessonkit.plain import MAX_DEPTH, PlainError, encode
from lessonkit.records import StudentError
from lessonkit.scenes.api import Reply

__all__ = ["error_of", "reply_of"]


def error_of(message: dict[str, Any]) -> StudentError:
    """The exception of which a message tells; whatever it says is text, and not too long."""
    name, text, trace = (str(message.get(k, "")) for k in ("type", "message", "traceback"))
    return StudentError(type=name[:200], message=text[:4000], traceback=trace[:20000])


def reply_of(message: Any, spent: dict[str, Any]) -> Reply:
    """Turn what the student's process claims into a Reply; anything odd is "bad"."""
    if not isinstance(message, dict):
        return Reply(kind="bad", problem="what came back is not a reply", **spent)
    kind = message.get("kind")
    if kind == "value":
        try:
            # It must fit again where it is put: 1e300 in few bytes becomes more, and facts
            # hold it some levels further down.
            encode(message.get("value"), max_depth=MAX_DEPTH // 2)
        except PlainError as reason:
            return Reply(kind="bad", problem=str(reason)[:500], **spent)
        handle = message.get("handle")
        return Reply(
            kind="value",
            value=message.get("value"),
            handle=handle if type(handle) is int else None,
            **spent,
        )
    if kind in ("unplain", "missing"):
        return Reply(kind="bad", problem=str(message.get("problem"))[:500], **spent)
    if kind in ("error", "ended"):
        error = error_of(message) if kind == "error" else None
        code = message.get("code", 0)
        return Reply(
            kind="error" if error else "value",
            error=error,
            value=code if type(code) is int else 1,
            **spent,
        )
    return Reply(kind="bad", problem="what came back is not a reply", **spent)
