"""What a learner finds before writing anything."""


def ancestry(pid):
    raise NotImplementedError
