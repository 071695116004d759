"""Show what a program sees from inside a box: a tiny machine, and nothing of the host."""

from __future__ import annotations

import contextlib
import os
import pwd
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lessonkit import Limits, Run, run
from lessonkit.errors import TierUnavailable
from lessonkit.records import Strength

ALL: dict[str, Strength] = {
    "own_proc": "kernel",
    "network": "kernel",
    "hidden_files": "kernel",
    "read_only": "kernel",
}

ESCAPED = "REACHED"
PATIENT = Limits(wall_seconds=60.0)
"""On a busy machine a Python that starts others takes its time."""


def inside(what: Any, **options: Any) -> Run:
    """Run in a box of namespaces, the small machine of its own; skip where there is none."""
    options.setdefault("limits", PATIENT)
    try:
        return run(what, require=ALL, **options)
    except TierUnavailable as error:
        pytest.skip(str(error))


def ask(expression: str, before: str = "") -> Any:
    """The value that a Python expression has inside."""
    made = inside(f"import json, os, signal, sys\n{before}\nprint(json.dumps({expression}))")
    assert made.ok, made.stderr
    import json

    return json.loads(made.stdout)


def errno_name(statement: str, before: str = "") -> str:
    """The name of the error that a statement meets inside, or REACHED if there is none."""
    body = "\n".join("    " + line for line in statement.splitlines())
    program = f"import errno, os, socket, signal\n{before}\ntry:\n{body}\n    print({ESCAPED!r})\n"
    made = inside(program + "except OSError as e:\n    print(errno.errorcode[e.errno])\n")
    assert made.ok, made.stderr
    return made.stdout.strip()


def status(made: Run) -> dict[str, str]:
    """Lines of /proc/self/status that a program has printed, by name."""
    return dict(line.split(":\t") for line in made.stdout.splitlines() if ":\t" in line)


# -- processes -----------------------------------------------------------------------------


def test_the_program_is_the_first_child_of_init() -> None:
    """Pid 2, its parent is pid 1, and it leads its own session and process group."""
    assert ask("[os.getpid(), os.getppid(), os.getsid(0), os.getpgid(0)]") == [2, 1, 2, 2]


def test_ps_shows_the_box_and_nothing_else() -> None:
    """Init, the program, its children: no process of the host is to be seen."""
    made = inside(["sh", "-c", "sleep 5 & ps -eo pid,ppid,user,args --no-headers; kill $!"])
    rows = [line.split(None, 3) for line in made.stdout.splitlines()]

    assert [row[:2] for row in rows] == [["1", "0"], ["2", "1"], ["3", "2"], ["4", "2"]]
    assert rows[0][3] == "init"
    assert {row[2] for row in rows[1:]} == {"student"}


def test_a_python_program_is_named_like_one() -> None:
    """A source and a function show up as python3 in ps, without anything of ours."""
    table = "import subprocess; print(subprocess.run('ps -o comm=,args= -p 2'.split(), "
    made = inside(table + "capture_output=True, text=True).stdout)")

    assert made.stdout.split() == ["python3", "python3", "program.py"]


def test_an_orphan_is_adopted_by_init_and_reaped() -> None:
    """When its parent ends, its parent becomes pid 1, and after its end it is gone."""
    program = (
        "import os, time\n"
        "r, w = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    me = os.getpid()\n"
        "    if os.fork() == 0:\n"
        "        while os.getppid() == me: pass\n"
        "        os.write(w, f'{os.getpid()} {os.getppid()}'.encode())\n"
        "        os._exit(9)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "pid, parent = os.read(r, 99).split()\n"
        "while os.path.exists(f'/proc/{int(pid)}'): pass\n"
        "print(int(pid), int(parent))\n"
    )
    made = inside(program)
    pid, parent = map(int, made.stdout.split())

    assert parent == 1
    assert [(c.pid, os.waitstatus_to_exitcode(c.wait_status)) for c in made.orphans_adopted] == [
        (pid, 9)
    ]


@pytest.mark.parametrize("number", [9, 15, 19, 11, 10])
def test_init_cannot_be_signalled_away(number: int) -> None:
    """Init survives what its children send it, and the run ends as if nothing had been."""
    made = inside(
        f"import os\ntry: os.kill(1, {number})\nexcept PermissionError: pass\n"
        "if os.fork() == 0: os._exit(0)\nos.wait()\nprint('still here', os.getppid())"
    )

    assert (made.ok, made.stdout) == (True, "still here 1\n")


@pytest.mark.parametrize("name", ["environ", "mem", "maps", "fd", "root", "cwd", "exe"])
def test_init_keeps_its_secrets(name: str) -> None:
    """What /proc tells of pid 1 beyond its state is closed to the program."""
    look = "os.listdir" if name == "fd" else "os.readlink"
    statement = (
        f"{look}('/proc/1/{name}')"
        if name in ("fd", "root", "cwd", "exe")
        else (f"open('/proc/1/{name}', 'rb').read(1)")
    )

    assert errno_name(statement) in ("EACCES", "EPERM")


# -- signals, privileges, descriptors, environment -----------------------------------------


def test_a_python_program_starts_with_pythons_signals() -> None:
    """Nothing blocked; ignored are SIGPIPE and SIGXFSZ; only SIGINT has a handler."""
    lines = status(inside("print(open('/proc/self/status').read())"))

    assert int(lines["SigBlk"], 16) == 0
    assert int(lines["SigIgn"], 16) == 1 << 12 | 1 << 24
    assert int(lines["SigCgt"], 16) == 1 << 1


def test_any_other_program_starts_with_default_signals() -> None:
    """A program that is executed finds nothing blocked, ignored or handled."""
    lines = status(inside(["cat", "/proc/self/status"]))

    assert {name: int(lines[name], 16) for name in ("SigBlk", "SigIgn", "SigCgt")} == {
        "SigBlk": 0,
        "SigIgn": 0,
        "SigCgt": 0,
    }


def test_a_program_has_no_privilege_and_no_way_to_one() -> None:
    """All capability sets are empty, set-user-id does nothing, nobody traces it."""
    lines = status(inside(["cat", "/proc/self/status"]))

    assert {lines[f"Cap{kind}"].strip("0") for kind in ("Inh", "Prm", "Eff", "Amb")} == {""}
    assert (lines["NoNewPrivs"], lines["TracerPid"]) == ("1", "0")


@pytest.mark.parametrize(
    "statement",
    [
        "os.setuid(0)",
        "os.chroot('/')",
        "os.mknod('/tmp/d', 0o020666, os.makedev(1, 5))",
        "socket.sethostname('mine')",
        "os.setpriority(os.PRIO_PROCESS, 0, -5)",
    ],
)
def test_what_needs_a_privilege_is_refused(statement: str) -> None:
    """Users, roots, devices and names stay what they are."""
    assert errno_name(statement) in ("EPERM", "EINVAL", "EACCES")


def test_a_program_has_three_descriptors() -> None:
    """0, 1 and 2 are open, so the first file it opens is number 3."""
    # ls itself holds the directory that it lists.
    assert inside(["ls", "/proc/self/fd"]).stdout.split() == ["0", "1", "2", "3"]
    assert ask("os.open('/dev/null', os.O_RDONLY)") == 3
    assert run(lambda: __import__("os").pipe()).value == (3, 4)


def test_the_environment_is_small_and_has_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the client's environment arrives, not even by way of /proc."""
    monkeypatch.setenv("LESSONKIT_TEST_SECRET", "hidden-7391")
    expected = {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TERM", "TMPDIR"}
    environment, initial = ask("[dict(os.environ), open('/proc/self/environ').read()]")

    assert set(environment) == expected
    assert "hidden-7391" not in initial
    assert inside(["env"]).stdout.count("PYTHON") == 0


def test_the_program_is_a_user_called_student() -> None:
    """whoami, id and the password file agree; home and working directory are /tmp."""
    assert inside(["whoami"]).stdout == "student\n"
    assert inside(["sh", "-c", "id -un; id -gn; pwd; echo ~"]).stdout.split() == (
        ["student", "student", "/tmp", "/tmp"]
    )
    assert ask("pwd.getpwuid(os.getuid()).pw_name", "import pwd") == "student"


# -- files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/usr/x", "/etc/x", "/x", "/bin/x", "/home/x", "/dev/x"])
def test_the_system_is_read_only(place: str) -> None:
    """Only /tmp can be written."""
    assert errno_name(f"open({place!r}, 'w')") in ("EROFS", "EACCES")


def test_python_itself_is_read_only() -> None:
    """Neither the interpreter's library nor the packages can be changed for the next run."""
    for module in ("os", "lessonkit"):
        assert errno_name(f"open({module}.__file__, 'a')", f"import {module}") in (
            "EROFS",
            "EACCES",
        )


def test_tmp_is_empty_private_and_writable(tmp_path: Path) -> None:
    """Nothing of the host's /tmp is there, and what is written goes with the box."""
    look = "import os; print([n for n in os.listdir('/tmp') if os.access('/tmp/' + n, os.W_OK)]); "
    made = inside(look + "open('/tmp/left-7391', 'w').write('x')")

    # What is there when this Python lives below /tmp cannot be written.
    assert made.stdout == "[]\n"
    assert not os.path.exists("/tmp/left-7391")
    assert inside(look).stdout == "[]\n"


def test_homes_and_courses_are_not_there(tmp_path: Path) -> None:
    """The client's home, its directory and the checkout's course cannot be seen."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    secret.chmod(0o644)
    course = Path(__file__).parents[2] / "course"
    home = pwd.getpwuid(os.getuid()).pw_dir
    places = [str(secret), str(course), str(Path(__file__)), f"{home}/.profile", f"{home}/.bashrc"]

    assert ask(f"[p for p in {places!r} if os.path.lexists(p)]") == []
    assert ask("os.listdir('/home')") == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [("null", "c"), ("zero", "c"), ("full", "c"), ("random", "c"), ("urandom", "c")],
)
def test_the_usual_devices_are_there(name: str, kind: str) -> None:
    """Character devices that everybody may read and write."""
    mode = ask(f"os.stat('/dev/{name}').st_mode")

    assert stat.S_ISCHR(mode) == (kind == "c")
    assert stat.S_IMODE(mode) == 0o666


def test_no_other_device_is_there() -> None:
    """No disk, no memory, no terminal of the host."""
    assert set(ask("os.listdir('/dev')")) <= {
        *("null", "zero", "full", "random", "urandom", "tty"),
        *("fd", "stdin", "stdout", "stderr", "shm"),
    }


def test_streams_can_be_opened_by_name() -> None:
    """/dev/stdout and /dev/stderr lead to the program's own output."""
    made = inside(["sh", "-c", "echo one > /dev/stdout; echo two > /dev/stderr"])

    assert (made.stdout, made.stderr) == ("one\n", "two\n")


# -- network -------------------------------------------------------------------------------


def test_the_loopback_works_inside() -> None:
    """A server and a client of the same box find each other on 127.0.0.1; lo is all there is."""
    program = (
        "import os, socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "if os.fork() == 0:\n"
        "    peer, _ = server.accept()\n    peer.sendall(peer.recv(99).upper())\n    os._exit(0)\n"
        "client = socket.create_connection(server.getsockname())\n"
        "client.sendall(b'echo')\nprint(client.recv(99))\nos.wait()\n"
    )

    assert inside(program).stdout == "b'ECHO'\n"
    assert [name for _, name in ask("socket.if_nameindex()", "import socket")] == ["lo"]


@contextlib.contextmanager
def listening(family: socket.AddressFamily, address: Any) -> Iterator[tuple[socket.socket, Any]]:
    """A listener of the host; inside nobody may reach it."""
    with socket.socket(family) as server:
        server.bind(address)
        server.listen()
        server.setblocking(False)
        yield server, server.getsockname()


@pytest.mark.parametrize(
    ("family", "address", "refusal"),
    [
        (socket.AF_INET, ("127.0.0.1", 0), "ECONNREFUSED"),
        (socket.AF_INET, ("0.0.0.0", 0), "ECONNREFUSED"),
        (socket.AF_UNIX, f"\0lessonkit-test-{os.getpid()}", "ECONNREFUSED"),
    ],
    ids=["loopback", "any", "abstract"],
)
def test_listeners_of_the_host_cannot_be_reached(
    family: socket.AddressFamily, address: Any, refusal: str
) -> None:
    """Neither over the loopback nor through a name without a file; the listener sees nothing."""
    with listening(family, address) as (server, name):
        if isinstance(name, bytes):
            name = name.decode()
        statement = f"socket.socket(socket.{family.name}).connect({name!r})"

        assert errno_name(statement) == refusal
        with pytest.raises(BlockingIOError):
            server.accept()


def test_no_other_network_is_there() -> None:
    """Addresses outside have no route."""
    assert errno_name("socket.socket().connect(('192.0.2.1', 80))") == "ENETUNREACH"


# -- what Python offers works --------------------------------------------------------------


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_works(method: str) -> None:
    """Pools, queues and locks work, with each way to start a process."""
    program = (
        "import multiprocessing as m\n"
        f"context = m.get_context({method!r})\n"
        "with context.Pool(2) as pool: print(pool.map(abs, range(-3, 0)))\n"
        "queue, lock = context.Queue(), context.Lock()\n"
        "with lock: queue.put(1)\nprint(queue.get())\n"
    )
    made = inside(program)

    assert made.stdout == "[3, 2, 1]\n1\n", made.stderr
    assert made.ok


def test_subprocess_works() -> None:
    """Programs can be started, fed and waited for, this Python among them."""
    program = (
        "import subprocess, sys\n"
        "print(subprocess.run(['tr', 'a-z', 'A-Z'], input='abc', text=True, "
        "capture_output=True).stdout)\n"
        "print(subprocess.run([sys.executable, '-c', 'exit(4)']).returncode)\n"
    )

    assert inside(program).stdout == "ABC\n4\n"


def test_sessions_and_groups_work() -> None:
    """A child may lead a session of its own, and a group can be signalled as one."""
    program = (
        "import os, signal, time\n"
        "r, w = os.pipe()\n"
        "pids = []\n"
        "for i in range(2):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        os.setsid() if i == 0 else os.setpgid(0, 0)\n"
        "        os.write(w, b'.')\n        signal.pause()\n"
        "    pids.append(pid)\n"
        "os.read(r, 1), os.read(r, 1)\n"
        "print(os.getsid(pids[0]) == pids[0], os.getpgid(pids[1]) == pids[1])\n"
        "for pid in pids:\n"
        "    os.killpg(pid, signal.SIGTERM)\n    print(os.waitpid(pid, 0)[1])\n"
    )

    assert inside(program).stdout == "True True\n15\n15\n"


@pytest.mark.parametrize(
    "program",
    [
        "import threading\nt = threading.Thread(target=print, args=('ok',)); t.start(); t.join()",
        "import asyncio\nasync def main(): print('ok')\nasyncio.run(main())",
        "import tempfile\nwith tempfile.NamedTemporaryFile() as f: print('ok')",
        "import multiprocessing.shared_memory as s\n"
        "m = s.SharedMemory(create=True, size=99); m.close(); m.unlink(); print('ok')",
        "import signal\nsignal.signal(signal.SIGALRM, lambda *_: print('ok'))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()",
        "import os\nos.mkfifo('f'); print('ok')",
        "import os, select\nr, w = os.pipe(); e = select.epoll(); e.register(r); print('ok')",
        "import psutil\nprint('ok' if psutil.pids() == [1, 2] else psutil.pids())",
        "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (20, 20)); print('ok')",
        "import os\nprint('ok' if os.sched_getaffinity(0) else '')",
    ],
    ids=lambda program: program.split("\n")[0].removeprefix("import "),
)
def test_modules_that_lessons_use_work(program: str) -> None:
    """Threads, tasks, files, shared memory, timers, fifos, epoll, psutil: as on any Linux."""
    made = inside(program)

    assert (made.stdout, made.stderr) == ("ok\n", "")


def test_a_box_is_fresh_each_time() -> None:
    """What one program left in its interpreter, its files or its IPC the next does not see."""

    def leave() -> None:
        import builtins
        import ctypes
        import os

        builtins.left = True  # type: ignore[attr-defined]
        os.environ["LEFT"] = "1"
        ctypes.CDLL(None).shmget(7391, 4096, 0o1666)

    def look() -> tuple[bool, bool, int]:
        import builtins
        import ctypes
        import os

        there = ctypes.CDLL(None).shmget(7391, 4096, 0)
        return hasattr(builtins, "left"), "LEFT" in os.environ, there

    inside(leave)
    assert inside(look).value == (False, False, -1)


def test_random_numbers_differ_from_run_to_run() -> None:
    """Boxes are copies of one launcher, but not of its random state."""
    draw: Callable[[], float] = lambda: __import__("random").random()  # noqa: E731 a function to send

    assert len({run(draw).value for _ in range(3)}) == 3


def test_the_time_of_the_limit_is_not_spent_on_our_start() -> None:
    """The clock of the wall limit begins when the program does."""
    for _ in range(20):  # on a busy machine half a second may be short for the program itself
        made = inside("print('done')", limits=Limits(wall_seconds=0.5))
        if made.ok:
            break

    assert made.stdout == "done\n"


def test_the_client_sees_none_of_it() -> None:
    """A client that runs programs has an empty stderr, even with all warnings on."""
    program = (
        "import os\nfrom lessonkit import run\n"
        "run(lambda: 1 / 0); run('import os; os.abort()'); run(['false'])\n"
        "pid = os.fork()\n"
        "if pid == 0:\n    print(run('print(1)').stdout, end='', flush=True)\n    os._exit(0)\n"
        "os.waitpid(pid, 0)\nprint(run('print(2)').stdout, end='')\n"
    )
    made = subprocess.run(
        [sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, timeout=110
    )

    assert (made.stdout, made.stderr, made.returncode) == ("1\n2\n", "", 0)


def test_a_fork_of_the_client_may_run_while_a_thread_does() -> None:
    """A child that was forked in the middle of another thread's first run is not stuck."""
    program = (
        "import os, signal, threading\n"
        "from lessonkit import run\nfrom lessonkit.sandbox import pool\n"
        "thread = threading.Thread(target=lambda: run('pass'))\nthread.start()\n"
        "while pool._lock.acquire(blocking=False): pool._lock.release()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n    signal.alarm(90)\n"
        "    os._exit(run('pass').ending.exit_code)\n"
        "thread.join()\nprint(os.waitpid(pid, 0)[1])\n"
    )
    made = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program],
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert (made.stdout, made.stderr) == ("0\n", "")


def test_an_interrupt_ends_the_run_and_leaves_nothing() -> None:
    """SIGINT for a client is a KeyboardInterrupt there, after the box has gone."""
    marker = f"73.{os.getpid()}91"
    program = (
        "import os, signal, sys\nfrom lessonkit import run\n"
        "def live(stream, data): os.kill(os.getpid(), signal.SIGINT)\n"
        f"try: run(['sh', '-c', 'echo up; exec sleep {marker}'], live=live)\n"
        "except KeyboardInterrupt: print('interrupted')\n"
        "print(run('print(2)').stdout, end='')\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=110
    )

    assert (made.stdout, made.stderr) == ("interrupted\n2\n", "")
    assert with_argument(marker) == []


def with_argument(word: str) -> list[Path]:
    """The processes that have *word* as an argument."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if word.encode() in path.read_bytes().split(b"\0"):
                found.append(path)
    return found
