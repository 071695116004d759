"""A helper is the subreaper, so that the process itself stays as it was; a pipe tells."""

import ctypes
import json
import os
import subprocess


def adopt(commands):
    reading, writing = os.pipe()
    helper = os.fork()
    if helper == 0:
        ctypes.CDLL(None).prctl(36, 1)
        for argv in commands:
            subprocess.run(argv)
        codes = []
        try:
            while True:
                pid, status = os.wait()
                codes.append((pid, os.waitstatus_to_exitcode(status)))
        except ChildProcessError:
            os.write(writing, json.dumps(codes).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(helper, 0)
    with open(reading) as file:
        return dict(json.load(file))
