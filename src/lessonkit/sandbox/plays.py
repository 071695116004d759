"""Play the two plain pieces: call a function, or run a program. Scenes are the others."""

from __future__ import annotations

from lessonkit.sandbox.stage import Stage

__all__ = ["play_function", "play_program"]


def play_function(stage: Stage) -> None:
    """Call the function, photograph what it left at its return, let the process exit."""
    reply = stage.load_and_call()
    stage.keep_reply(reply)
    stage.photograph_return()
    if reply.kind == "error":
        stage.exit_code = 1
    stage.finish(float("inf"))


def play_program(stage: Stage) -> None:
    """Run a source text or replace the process by another program."""
    reply = stage.run_program()
    stage.keep_reply(reply)
    stage.photograph_return()
    if reply.kind in ("value", "error"):
        stage.exit_code = 1 if reply.kind == "error" else reply.value
    stage.finish(float("inf"))
