"""One more fork than needed; the daemon tells its own pid through a socket."""

import os
import socket


def daemonise(argv):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        first = os.fork()
        if first == 0:
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    theirs.send(b"%d" % os.getpid())
                    os.chdir("/")
                    os.umask(0)
                    for fd in os.listdir("/proc/self/fd"):
                        try:
                            os.close(int(fd))
                        except OSError:
                            pass
                    os.set_inheritable(os.open("/dev/null", os.O_RDWR), True)
                    os.dup2(0, 1)
                    os.dup2(0, 2)
                    os.execvp(argv[0], argv)
            os._exit(0)
        os.waitpid(first, 0)
        return int(ours.recv(20))
