"""What a learner finds before writing anything."""


def two_writers(path, first, second):
    raise NotImplementedError
