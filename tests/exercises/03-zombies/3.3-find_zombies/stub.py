"""What a learner finds before writing anything."""


def find_zombies():
    raise NotImplementedError
