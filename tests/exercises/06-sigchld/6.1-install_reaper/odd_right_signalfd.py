"""A thread reads SIGCHLD from a signalfd."""

import ctypes
import os
import signal
import threading


def install_reaper():
    done = []
    libc = ctypes.CDLL(None, use_errno=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    mask = (ctypes.c_ulong * 16)(1 << (signal.SIGCHLD - 1))
    fd = libc.signalfd(-1, mask, 0o2000000)
    assert fd >= 0

    def loop():
        while True:
            try:
                while (r := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG)) is not None:
                    done.append(
                        (r.si_pid, r.si_status if r.si_code == os.CLD_EXITED else -r.si_status)
                    )
            except ChildProcessError:
                pass
            os.read(fd, 128)

    threading.Thread(target=loop, daemon=True).start()

    def seen() -> list[tuple[int, int]]:
        return done

    return seen
