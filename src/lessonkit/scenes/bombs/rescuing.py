"""Scene 5.6: a script for a shell that cannot fork; does it find the bomb, and end it?

The shell is made before the student's code is loaded, with a limit of one process that it cannot
raise. It does what the script says with `eval`, waits at a gate, and ends with a code from there.

Facts: `call`, `bomb` and `innocent` (their states afterwards), `early` (of the bomb, those that
were gone before the script ran), `said` (its output), `shell`: whether it came to its gate, whether
it was still the same program then, its state, how it ended, the code that init let it end with.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.bombs.common import NAMES, crowd, from_student, new_since, nproc
from lessonkit.scenes.orphans.gates import open_gate, place, write_line
from lessonkit.scenes.zombies.stage import act, ask, family, loaded, rest, state

__all__ = ["fixture_shell", "no_fork_rescue"]

CALL_SECONDS = 5.0
SCRIPT_SECONDS = 6.0
END_SECONDS = 2.0
MOST_SCRIPT = 20_000
MOST_OUTPUT = 20_000
_SHELL = "/bin/sh"
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
}


def no_fork_rescue(box: Box) -> None:
    """Set the stage, ask for the script, let the shell do it while S stands still."""
    folder = place(box, "gate")
    name, other, *near = box.rng.sample(NAMES, 4)
    near = [f"{name}s", f"x{name}", name[:-1], other, *near]
    box.rng.shuffle(near)
    names = [name] * box.rng.randint(5, 8) + near
    box.rng.shuffle(names)
    pids = crowd(box, names)
    bomb = [pid for pid, one in zip(pids, names, strict=True) if one == name]
    innocent = {pid: one for pid, one in zip(pids, names, strict=True) if one != name}
    shell, writing, hears = _shell(box, name, f"{folder}/gate")
    old = {p.identity for p in box.snapshot().processes}  # a helper may come as soon as that
    if not loaded(box):
        return
    reply, note = ask(box, None, seconds=CALL_SECONDS)
    rest(box, pids)  # who was killed dies when it is its turn to run
    box.fact("call", note)
    box.fact("early", [pid for pid in bomb if state(box, pid) in (None, "Z", "X")])
    box.fact("helpers", family(new_since(box, old)))
    text = reply.value
    if reply.kind != "value" or not isinstance(text, str) or not 0 < len(text) <= MOST_SCRIPT:
        return
    if "\0" in text or not _can_be_sent(text):
        return
    if state(box, shell) in (None, "Z", "X"):
        box.fact("unsent", True)
        return
    box.kill(box.student_pid, signal.SIGSTOP)  # what it has left running can do nothing now
    said, code = b"", box.rng.randint(1, 255)
    try:
        os.write(writing, text.encode())
    except BrokenPipeError:
        pass  # it has ended, by the hand of the student's code
    os.close(writing)
    began = time.monotonic()

    def listen() -> bool:
        nonlocal said
        while select.select([hears], [], [], 0)[0] and (more := os.read(hears, 4096)):
            said = (said + more)[:MOST_OUTPUT]
        return False

    def reaped() -> int | None:
        return next((c.wait_status for c in box.adopted if c.pid == shell), None)

    def ended() -> bool:
        return listen() or state(box, shell) in (None, "Z", "X")

    told, same = False, True

    def at_gate() -> bool:
        nonlocal told, same
        gate = None if told else open_gate(f"{folder}/gate")
        if gate is not None:
            # Who waits at the gate cannot go on before it has the line.
            now = procfs.read_process(shell, cmdline=True)
            told = write_line(gate, str(code))
            if told and now is not None:
                same = now.cmdline == tuple(_argv(name, f"{folder}/gate"))
        return told or ended()

    done = box.wait_until(at_gate, SCRIPT_SECONDS)
    last = state(box, shell)
    box.wait_until(lambda: listen() or reaped() is not None, END_SECONDS if done else 0.1)
    rest(box, pids)
    listen()
    status = reaped()
    facts = {"at_gate": told, "same": same, "state": last, "code": code, "status": status}
    box.fact("shell", facts)
    box.fact("seconds", time.monotonic() - began)
    box.fact("said", said.decode("utf-8", "backslashreplace"))
    box.fact("name", name)
    box.fact("bomb", [{"pid": pid, "state": state(box, pid)} for pid in bomb])
    box.fact(
        "innocent",
        [{"pid": pid, "name": one, "state": state(box, pid)} for pid, one in innocent.items()],
    )
    box.fact("student_alive", state(box, box.student_pid) not in (None, "Z", "X"))
    box.kill(box.student_pid, signal.SIGCONT)


def _can_be_sent(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shell(box: Box, name: str, gate: str) -> tuple[int, int, int]:
    """Make the shell; return its pid, the pipe for its script, and the one of its output."""
    script, writing = os.pipe()
    hears, says = os.pipe()
    reply = box.fixture("shell", name, gate, fds=[script, says])
    for fd in (script, says):
        os.close(fd)
    if reply.kind != "value":
        raise RuntimeError(f"the fixture of the student's process failed: {reply!r:.400}")
    (pid,) = reply.value
    if not box.wait_until(lambda: nproc(pid) == ["1", "1"], 10.0):
        raise RuntimeError("the shell did not get its limit")
    return pid, writing, hears


def fixture_shell(fds: list[int], name: str, gate: str) -> list[int]:
    """In the student's process, before its code is loaded: a shell to be, that init adopts."""
    script, says = fds
    return from_student(fds, 1, lambda _: _become_a_shell(script, says, name, gate))


def _become_a_shell(script: int, says: int, name: str, gate: str) -> None:
    act("sh")
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    text = b""
    while more := os.read(script, 65536):
        text += more
    if not text:
        os._exit(0)  # nothing is to be done
    null = os.open("/dev/null", os.O_RDWR)
    for number, fd in enumerate((null, says, says)):
        os.dup2(fd, number)
    os.closerange(3, 1024)
    os.execve(_SHELL, _argv(name, gate), {**_ENVIRONMENT, "RESCUE": text.decode()})


def _argv(name: str, gate: str) -> list[str]:
    # It reads the line before it looks for what the script may have redefined.
    after = f'eval "$RESCUE"\ncommand read code < {gate}\ncommand exit "$code"'
    return ["sh", "-c", after, "sh", name]
