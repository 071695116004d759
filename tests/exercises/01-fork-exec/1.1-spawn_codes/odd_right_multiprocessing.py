"""Process objects of multiprocessing, which fork as well."""

import multiprocessing
import os
import sys


def child(gate):
    sys.exit(os.read(gate, 1)[0])


def spawn_codes(gates):
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=child, args=(gate,)) for gate in gates]
    for process in children:
        process.start()
    for process in children:
        process.join()
    return {process.pid: process.exitcode for process in children}
