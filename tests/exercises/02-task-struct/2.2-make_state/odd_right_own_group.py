"""T by SIGTSTP, which works because the child has a process group of its own."""

import os
import signal
import subprocess

kept = []  # a Popen that nobody keeps would collect its child
PROGRAMS = {"S": "exec sleep 600", "T": "exec sleep 600", "Z": "", "R": "while :; do :; done"}


def make_state(letter):
    if letter == "D":
        return held()
    kept.append(subprocess.Popen(["sh", "-c", PROGRAMS[letter]], process_group=0))
    if letter == "T":
        kept[-1].send_signal(signal.SIGTSTP)
    return kept[-1].pid


def held():
    os.mkfifo("gate")
    pid = os.fork()
    if pid == 0:
        nobody = [(os.POSIX_SPAWN_OPEN, 1, "gate", os.O_WRONLY, 0)]
        os.posix_spawnp("true", ["true"], os.environ, file_actions=nobody)
        os._exit(1)
    return pid
