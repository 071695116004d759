"""What a learner finds before writing anything."""


def worker_loop(inp, out):
    raise NotImplementedError
