"""Signals are read from a descriptor, signalfd(2), as if they were lines."""

import ctypes
import os
import signal
import struct

SFD_CLOEXEC = 0o2000000
PASSED_ON = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]
HEARD = [*PASSED_ON, signal.SIGCHLD]


def forward(argv):
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    mask = (ctypes.c_ulong * 16)(sum(1 << (number - 1) for number in HEARD))
    fd = ctypes.CDLL(None).signalfd(-1, mask, SFD_CLOEXEC)
    main = os.fork()
    if main == 0:
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    while True:
        (number,) = struct.unpack("I", os.read(fd, 128)[:4])
        if number != signal.SIGCHLD:
            os.kill(main, number)
            continue
        pid = 1
        while pid > 0:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == main:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
