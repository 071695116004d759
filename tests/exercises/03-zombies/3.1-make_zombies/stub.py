"""What a learner finds before writing anything."""


def make_zombies(n):
    raise NotImplementedError
