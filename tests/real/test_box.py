"""What init sent is read to its end, also when init is gone by then."""

from __future__ import annotations

import os
import socket
import subprocess
import threading

from lessonkit.sandbox.box import Box
from lessonkit.sandbox.channel import send_frame


def test_a_long_report_of_an_init_that_is_gone_is_read_to_its_end() -> None:
    """The end of the process does not end the reading: its last words still wait in the socket."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    init = subprocess.Popen(["true"])
    box = Box.__new__(Box)  # no launcher: all that listening needs is the two descriptors
    box._ctl, box.pidfd, box._watch, box.began = ours, os.pidfd_open(init.pid), None, True
    init.wait()

    report = {"op": "report", "alone": False, "text": "x" * 300_000}

    def last_words() -> None:
        with theirs:
            send_frame(theirs, report)

    writer = threading.Thread(target=last_words)
    writer.start()
    try:
        assert box._listen({}, 60.0) == report
    finally:
        writer.join()
        ours.close()
        os.close(box.pidfd)
