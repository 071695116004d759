"""What a learner finds before writing anything."""


def polite_fork(argv, seconds):
    raise NotImplementedError
