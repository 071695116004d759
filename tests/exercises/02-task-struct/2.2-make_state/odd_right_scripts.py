"""Small scripts of the shell, and posix_spawn below a helper."""

import os
import subprocess

KEEP = []


def make_state(letter):
    if letter == "D":
        os.makedirs("d", exist_ok=True)
        path = f"d/f{len(KEEP)}"
        os.mkfifo(path)
        pid = os.fork()
        if pid == 0:
            try:
                os.posix_spawn(
                    "/bin/true",
                    ["true"],
                    {},
                    file_actions=[(os.POSIX_SPAWN_OPEN, 0, path, os.O_RDONLY, 0)],
                )
            finally:
                os._exit(0)
        return pid
    script = {"S": "sleep 1000", "R": "while :; do :; done", "T": "kill -STOP $$", "Z": "exit 0"}[
        letter
    ]
    p = subprocess.Popen(["sh", "-c", ("exec " if letter == "S" else "") + script])
    KEEP.append(p)
    return p.pid
