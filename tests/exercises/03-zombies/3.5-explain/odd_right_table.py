"""A table of questions and answers, in another order; the signal as an enum."""

import os
import signal

TABLE = [
    (os.WIFCONTINUED, lambda s: ("continue",)),
    (os.WIFSTOPPED, lambda s: ("stop", signal.Signals(os.WSTOPSIG(s)))),
    (os.WIFSIGNALED, lambda s: ("signal", signal.Signals(os.WTERMSIG(s)), int(os.WCOREDUMP(s)))),
    (os.WIFEXITED, lambda s: ("exit", os.WEXITSTATUS(s))),
]


def explain(status):
    return next(answer(status) for question, answer in TABLE if question(status))
