"""Programs for the tracer's tests: each does one thing with processes, named by what it does.

They run in the student's process of `mini_init`. What they print comes back as `output`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

__all__: list[str] = []

libc = ctypes.CDLL(None, use_errno=True)


def _child(code: int = 0) -> int:
    """Fork a child that ends at once."""
    pid = os.fork()
    if pid == 0:
        os._exit(code)
    return pid


def _sleeper() -> int:
    """Fork a child that waits for a signal."""
    pid = os.fork()
    if pid == 0:
        while True:
            signal.pause()
    return pid


def _until(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.002)


def _waits_for_one_child(pid: int) -> bool:
    """Whether *pid* sleeps and has one child; in these programs only a wait makes it sleep."""
    with open(f"/proc/{pid}/task/{pid}/children") as children, open(f"/proc/{pid}/stat") as stat:
        return len(children.read().split()) == 1 and stat.read().rpartition(")")[2][1] == "S"


def _until_zombie(pid: int) -> None:
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def fork_exit_wait() -> None:
    pid = _child(7)
    got, status = os.waitpid(pid, 0)
    print(got == pid, status)


def zombie_for_a_while() -> None:
    pid = _child(3)
    _until_zombie(pid)
    time.sleep(0.2)
    os.waitpid(pid, 0)


def zombie_left_to_init() -> None:
    _until_zombie(_child(5))


def orphan_reparented() -> None:
    middle = os.fork()
    if middle == 0:
        parent = os.getpid()
        if os.fork() == 0:
            _until(lambda: os.getppid() != parent)
            os._exit(4)
        os._exit(0)
    os.waitpid(middle, 0)


def daemon() -> None:
    """Double fork and setsid; the daemon outlives the program."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.1)
            os._exit(6)
        os._exit(0)
    os.wait()


def adopted_by_inner_subreaper() -> None:
    libc.prctl(36, 1, 0, 0, 0)
    middle = os.fork()
    if middle == 0:
        _child(4)
        os._exit(0)
    for _ in range(2):
        os.wait()


def sigchld_ignored() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    pid = _child(1)
    _until(lambda: not os.path.exists(f"/proc/{pid}"))


def sigchld_ignored_and_waits() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _child(1)
    second = os.fork()
    if second == 0:
        time.sleep(0.1)
        os._exit(2)
    try:
        os.waitpid(-1, 0)
    except ChildProcessError:
        print("ECHILD")


def sa_nocldwait() -> None:
    """SIGCHLD at its default action, but with SA_NOCLDWAIT; exec clears it."""
    action = (ctypes.c_ulong * 20)()
    action[17] = 2  # glibc's struct sigaction: handler, 128 bytes of mask, flags
    if libc.sigaction(signal.SIGCHLD, ctypes.byref(action), None) != 0:
        raise OSError("sigaction failed")
    pid = _child(1)
    _until(lambda: not os.path.exists(f"/proc/{pid}"))
    os.execv("/bin/sh", ["sh", "-c", "(exit 3); /bin/true; exit 0"])


def killed_in_its_wait() -> None:
    """The middle process ignores SIGCHLD, waits for a child that stays, and is killed."""
    middle = os.fork()
    if middle == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        _child(1)
        parent = os.getpid()
        if os.fork() == 0:
            _until(lambda: os.getppid() != parent)
            os._exit(2)
        os.waitpid(-1, 0)
    _until(lambda: _waits_for_one_child(middle))
    os.kill(middle, signal.SIGKILL)
    os.waitpid(middle, 0)


def peeks_then_reaps() -> None:
    pid = _child(9)
    looked = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    again = os.waitid(os.P_ALL, 0, os.WEXITED)
    print(looked is not None and looked.si_status, again is not None and again.si_pid == pid)


def polls_with_wnohang() -> None:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(read, 1)
        os._exit(2)
    tries = 0
    while os.waitpid(-1, os.WNOHANG) == (0, 0):
        tries += 1
        if tries == 3:
            os.write(write, b".")
        time.sleep(0.01)
    print(tries > 0)


def waits_without_status() -> None:
    """Raw calls that give no status and no siginfo back."""
    _child(1)
    libc.wait4(-1, None, 2, None)
    libc.waitid(0, 0, None, 4, None)  # ECHILD
    _child(2)
    libc.waitid(0, 0, None, 4, None)


def stop_and_continue() -> None:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCONT, lambda *_: os.write(write, b"."))
        os.write(write, b".")
        while True:
            signal.pause()
    os.read(read, 1)
    os.kill(pid, signal.SIGSTOP)
    _, status = os.waitpid(pid, os.WUNTRACED)
    stopped = os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGSTOP
    os.kill(pid, signal.SIGCONT)
    _, status = os.waitpid(pid, os.WCONTINUED)
    continued = os.WIFCONTINUED(status)
    os.read(read, 1)  # a SIGKILL before this could come before the child has run again
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, os.WUNTRACED | os.WCONTINUED)
    print(stopped, continued, status)


def killed_while_stopped() -> None:
    pid = _sleeper()
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def signal_with_handler() -> None:
    caught: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _: caught.append(number))
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.kill(parent, signal.SIGUSR1)
        os._exit(0)
    os.waitpid(pid, 0)
    print(caught == [signal.SIGUSR1])


def alarm_from_the_kernel() -> None:
    hits: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, _: hits.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    while not hits:  # not pause(): it may come before that
        time.sleep(0.01)


def kills_refused() -> None:
    for pid, number in ((os.getppid(), 0), (2**22, signal.SIGTERM), (os.getpid(), 999)):
        try:
            libc.kill(pid, number)
        except OSError:
            pass


def kills_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kills_its_group() -> None:
    """The child says by SIGUSR2 that SIGTERM would end it; then the group gets SIGTERM."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getppid(), signal.SIGUSR2)
        while True:
            signal.pause()
    signal.sigwait([signal.SIGUSR2])
    os.killpg(0, signal.SIGTERM)
    os.wait()


def kills_by_pidfd() -> None:
    pid = _sleeper()
    fd = os.pidfd_open(pid)
    signal.pidfd_send_signal(fd, signal.SIGKILL)
    os.waitid(os.P_PIDFD, fd, os.WEXITED)


def sends_to_a_thread() -> None:
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.raise_signal(signal.SIGUSR1)


def runs_a_program() -> None:
    done = subprocess.run([sys.executable, "-I", "-S", "-c", "raise SystemExit(3)"], check=False)
    print(done.returncode)


def runs_a_program_that_is_missing() -> None:
    try:
        subprocess.run(["/nonexistent/program"], check=False)
    except FileNotFoundError:
        print("missing")


def spawns_and_shells() -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    print(os.system("exit 5"))


def pipeline_in_a_shell() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", "echo one two | tr a-z A-Z | wc -w"], capture_output=True, check=False
    )
    print(done.stdout.decode().strip())


def threads() -> None:
    started = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(3)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def thread_forks_and_waits() -> None:
    def work() -> None:
        os.waitpid(_child(8), 0)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def thread_calls_exec() -> None:
    def work() -> None:
        os.execv("/bin/true", ["true"])

    threading.Thread(target=work).start()
    time.sleep(60)


def many_forks() -> None:
    for number in range(300):
        pid = _child(number % 256)
        if os.waitpid(pid, 0)[1] != (number % 256) << 8:
            print("wrong status")


def many_at_once() -> None:
    pids = [_child(number) for number in range(50)]
    statuses = dict(os.wait() for _ in pids)
    print(all(statuses[pid] == number << 8 for number, pid in enumerate(pids)))


def burst_while_blocked() -> None:
    calls: list[int] = []
    signal.signal(signal.SIGCHLD, lambda number, _: calls.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    pids = [_child(0) for _ in range(20)]
    for pid in pids:
        _until_zombie(pid)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    reaped = [os.waitpid(-1, os.WNOHANG)[0] for _ in pids]
    print(len(calls), sorted(reaped) == pids)


def odd_name() -> None:
    libc.prctl(15, b"x) Z 1 (y\n", 0, 0, 0)
    os.waitpid(_child(0), 0)


def exits_with_42() -> int:
    return 42


def sleeps_through_a_sigchld() -> None:
    pid = os.fork()
    if pid == 0:
        time.sleep(0.05)
        os._exit(0)
    began = time.monotonic()
    time.sleep(0.2)
    print(time.monotonic() - began >= 0.2)
    os.waitpid(pid, 0)


def interrupted_wait() -> None:
    """A signal with a handler interrupts the wait, which Python takes up again."""
    hits: list[int] = []
    signal.signal(signal.SIGALRM, lambda number, _: hits.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.03)
    pid = os.fork()
    if pid == 0:
        time.sleep(0.15)
        os._exit(1)
    print(os.waitpid(pid, 0) == (pid, 256), len(hits))


def parent_killed_with_children() -> None:
    """The middle process is killed while it has one living child and one zombie."""
    read, write = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.close(read)
        dead = _child(3)
        _until_zombie(dead)
        parent = os.getpid()
        if os.fork() == 0:
            os.write(write, b".")
            _until(lambda: os.getppid() != parent)
            os._exit(0)
        signal.pause()
    os.close(write)
    os.read(read, 1)
    os.kill(middle, signal.SIGKILL)
    os.waitpid(middle, 0)


def killed_while_forking() -> None:
    """Children fork without end and are killed at any moment of it."""
    for _ in range(8):
        pid = os.fork()
        if pid == 0:
            while True:
                os.waitpid(_child(0), 0)
        time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def group_killed_while_forking() -> None:
    """The same, but their children are hit at the same time."""
    for _ in range(8):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.write(1, b".")
            while True:
                os.waitpid(_child(0), 0)
        os.setpgid(pid, pid)  # whichever of the two is first
        time.sleep(0.01)
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def nested_pid_namespace() -> None:
    """In a namespace of its own the program's child is pid 1, and that one's child is pid 2."""
    if libc.unshare(0x10000000 | 0x20000000) != 0:  # NEWUSER | NEWPID
        print("refused")
        return
    first = os.fork()
    if first == 0:
        second = os.fork()
        if second == 0:
            while True:
                signal.pause()
        os.kill(second, signal.SIGKILL)
        got, _ = os.waitpid(second, 0)
        os._exit(got)
    print(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]))


def clone_as_sibling() -> None:
    """clone(CLONE_PARENT): the new process is a child of the maker's parent."""
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    maker = os.fork()
    if maker == 0:
        if libc.syscall(number, 0x8000 | 17, None, None, None, None) == 0:
            os._exit(2)
        os._exit(0)
    codes = sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2))
    print(codes)


def sleeps_for_ever_with_children() -> None:
    _sleeper()
    _sleeper()
    signal.pause()
