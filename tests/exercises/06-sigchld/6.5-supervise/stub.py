"""What a learner finds before writing anything."""


def supervise(jobs, seconds, grace):
    raise NotImplementedError
