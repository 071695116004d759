"""What a learner finds before writing anything."""


def population(program, n):
    raise NotImplementedError
