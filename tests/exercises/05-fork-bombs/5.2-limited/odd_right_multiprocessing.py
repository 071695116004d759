"""A Process that becomes the program."""

import multiprocessing
import os
import resource


def body(argv, n):
    resource.setrlimit(resource.RLIMIT_NPROC, (n, n))
    os.execvp(argv[0], argv)


def limited(argv, n):
    p = multiprocessing.get_context("fork").Process(target=body, args=(argv, n))
    p.start()
    p.join()
    return p.exitcode
