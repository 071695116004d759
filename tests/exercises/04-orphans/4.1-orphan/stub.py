"""What a learner finds before writing anything."""


def orphan():
    raise NotImplementedError
