"""What a learner finds before writing anything."""


def good_neighbour(commands):
    raise NotImplementedError
