"""subprocess can start a file under another name."""

import subprocess

started = []


def start_as(path, name, args):
    started.append(subprocess.Popen([name, *args], executable=path))
    return started[-1].pid
