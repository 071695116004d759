"""It sleeps in sigwait until one of them ends."""

import os
import signal


def pool(jobs, k):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    try:
        codes, at, nxt = {}, {}, 0
        while len(codes) < len(jobs):
            while nxt < len(jobs) and len(at) < k:
                pid = os.fork()
                if pid == 0:
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
                    os.execvp(jobs[nxt][0], jobs[nxt])
                at[pid] = nxt
                nxt += 1
            signal.sigwait([signal.SIGCHLD])
            for pid in list(at):
                p, st = os.waitpid(pid, os.WNOHANG)
                if p:
                    codes[at.pop(p)] = os.waitstatus_to_exitcode(st)
        return [codes[i] for i in range(len(jobs))]
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
