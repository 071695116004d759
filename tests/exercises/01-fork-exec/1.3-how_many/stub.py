"""What a learner finds before writing anything."""


def how_many(program, n):
    raise NotImplementedError
