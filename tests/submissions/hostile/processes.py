"""Attacks with processes and signals: what must neither stop the batch nor cost others anything.

Where an attack is in a cell and in a function, the function's question is lost, and nothing else.
"""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell
from tests.submissions.tricks import CUT_SHORT, ENDED, cell_and_call, rewarded

__all__: list[str] = []


@case(status=ENDED, lost="q3")
def fork_bomb(draft: Draft) -> None:
    """Forks until it may not, and ends with an error in every process."""
    cell_and_call(draft, "import os\nwhile True:\n    os.fork()")


@case(status=CUT_SHORT, says="ime")
def fork_bomb_that_goes_on(draft: Draft) -> None:
    """Forks for ever, in the last cell, whatever the system answers."""
    text = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    draft.insert("end", code_cell(text))


@case(status=ENDED, lost="q6")
def fork_bomb_of_a_shell(draft: Draft) -> None:
    """A shell's function that calls itself twice, in the background: in the last answer."""
    bomb = "['sh', '-c', 'b() { b | b & }; b; sleep 600']"
    draft.write(
        "q6-answer",
        f"import subprocess\ndef reap(count):\n    return subprocess.run({bomb}).returncode",
    )


@case(status=ENDED, lost="q3")
def fork_bomb_of_daemons(draft: Draft) -> None:
    """A function of which every process leaves its parent, and ignores what it can."""
    draft.write(
        "q3-answer",
        """
import os, signal
def tally(letters):
    for number in (1, 2, 3, 15, 17, 18, 20):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
        except OSError:
            signal.sigtimedwait([], 1)
""",
    )


@case(status=ENDED, lost="q3")
def threads_without_end(draft: Draft) -> None:
    """Starts threads that sleep, until no more can be started."""
    cell_and_call(
        draft,
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
    )


@case(status=CUT_SHORT, lost="q3", says="ime")
def threads_that_hang(draft: Draft) -> None:
    """A thread never ends, and is waited for when the interpreter or the function is over."""
    cell_and_call(
        draft,
        "import threading\nhanging = threading.Thread(target=threading.Event().wait)\n"
        "hanging.start()\nif threading.current_thread() is not hanging:\n    hanging.join()",
    )


@case(status=CUT_SHORT, lost="q3", says="ime")
def kill_of_everybody(draft: Draft) -> None:
    """kill(-1): every process that it may send a signal to."""
    cell_and_call(draft, "import os, time\nos.kill(-1, 9)")
    draft.write("q3-answer", draft.cell("q3-answer")["source"] + "\n    time.sleep(600)")


@case(status=CUT_SHORT, lost="q3", says="ime")
def kill_of_the_parent(draft: Draft) -> None:
    """Its parent, the process that it was copied from, and process 1, with several signals."""
    attack = """
import os, time
for pid in {os.getppid(), 1, 2, 3, os.getsid(0)} - {os.getpid()}:
    for number in (15, 9):
        try:
            os.kill(pid, number)
        except OSError:
            pass
"""
    cell_and_call(draft, attack)
    draft.write("q3-answer", draft.cell("q3-answer")["source"] + "\n    time.sleep(600)")


@case(status="graded", lost="q3")
def kill_of_all_that_it_sees(draft: Draft) -> None:
    """Every process in /proc, and the groups and sessions of all."""
    cell_and_call(
        draft,
        """
import os
for pid in sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True):
    for target in (pid, -pid):
        try:
            os.kill(target, 9)
        except (OSError, OverflowError):
            pass
os.kill(0, 9)
""",
    )


@case(status=ENDED, lost="q3")
def stopped_by_itself(draft: Draft) -> None:
    """Stops itself, so that it neither works nor ends."""
    cell_and_call(draft, "import os\nwhile True:\n    os.kill(os.getpid(), 19)")


@case(status="graded", lost="q3")
def ended_without_a_word(draft: Draft) -> None:
    """os._exit(0), which looks like a success."""
    cell_and_call(draft, "import os\nos._exit(0)")


@case(status="graded", lost="q3")
def segmentation_fault(draft: Draft) -> None:
    """Reads at address 0."""
    cell_and_call(draft, "import ctypes\nctypes.string_at(0)")


@case(status="graded", lost="q3")
def replaced_by_another_program(draft: Draft) -> None:
    """Becomes `true`, with os.execv."""
    cell_and_call(draft, "import os\nos.execv('/bin/true', ['true', 'assert'])")


@case(status=CUT_SHORT, lost="q3", says="ime")
def endless_loop_that_catches_everything(draft: Draft) -> None:
    """An endless loop that goes on whatever is raised in it, and hardly uses the processor."""
    cell_and_call(
        draft,
        "import time\nwhile True:\n    try:\n        while True:\n            time.sleep(0.01)\n"
        "    except BaseException:\n        pass",
    )


@case(status=CUT_SHORT, lost="q3", says="ime")
def every_signal_ignored(draft: Draft) -> None:
    """Ignores every signal that can be ignored, and sleeps."""
    cell_and_call(
        draft,
        """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    time.sleep(600)
""",
    )


@case(status=CUT_SHORT, lost="all", says="ime")
def endless_everywhere(draft: Draft) -> None:
    """All six functions loop for ever."""
    for name, text in ANSWERS.items():
        draft.write(name, text.partition("\n")[0] + "\n    while True:\n        time.sleep(0.01)")
    draft.insert("q1-text", code_cell("import time"))


@case(status="graded")
def daemon_that_outlives(draft: Draft) -> None:
    """A daemon in a session of its own, deaf to signals, which would write into the home."""
    draft.write(
        "q1-answer",
        ANSWERS["q1-answer"]
        + """

import os, signal, time
if os.fork() == 0:
    os.setsid()
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    if os.fork() == 0:
        for _ in range(600):
            time.sleep(0.2)
            try:
                open(os.path.expanduser("~/daemon"), "w").close()
                open("/tmp/daemon", "w").close()
            except OSError:
                pass
    os._exit(0)
""",
    )


@case(status="graded")
def a_horde_of_zombies(draft: Draft) -> None:
    """Children that have ended and that nobody waits for, as many as there may be."""
    draft.insert(
        "q2-text",
        code_cell(
            """
import os
for _ in range(20):
    if os.fork() == 0:
        os._exit(0)
"""
        ),
    )


@case(status=ENDED)
def children_that_sleep(draft: Draft) -> None:
    """As many children as there may be, asleep: later forks need room."""
    draft.insert(
        "q2-text",
        code_cell(
            """
import os, time
for _ in range(500):
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        time.sleep(600)
        os._exit(0)
for name in os.listdir("/proc"):
    if name.isdigit() and open(f"/proc/{name}/stat").read().split()[3] == str(os.getpid()):
        os.kill(int(name), 9)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""
        ),
    )


@case(status="graded")
def a_child_that_goes_on(draft: Draft) -> None:
    """A child falls through to the end of the cell, and would go on as a second student."""
    draft.insert(
        "q2-text",
        code_cell("import os\nfor _ in range(3):\n    os.fork()\nprint('who am I?')"),
    )


@case(status="graded", lost="q1")
def tracing_of_its_keepers(draft: Draft) -> None:
    """Attaches to process 1 and to its parent, to write into their memory."""
    draft.write(
        "q1-answer",
        rewarded(
            """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in {1, os.getppid(), os.getsid(0)} - {os.getpid()}:
    if libc.ptrace(16, pid, 0, 0) == 0:
        reached = pid
    try:
        open(f"/proc/{pid}/mem", "r+b", 0)
        reached = reached or pid
    except OSError:
        pass
"""
        ),
    )


@case(status=ENDED)
def limits_lowered(draft: Draft) -> None:
    """Lowers all its own limits, in the last cell."""
    draft.insert(
        "end",
        code_cell(
            "import resource\nfor number in range(16):\n    try:\n"
            "        resource.setrlimit(number, (0, 0))\n"
            "    except (OSError, ValueError):\n        pass"
        ),
    )
