"""What a learner finds before writing anything."""


def read_member(number, member):
    raise NotImplementedError
