"""What a learner finds before writing anything."""


def start_as(path, name, args):
    raise NotImplementedError
