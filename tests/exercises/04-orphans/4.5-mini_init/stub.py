"""What a learner finds before writing anything."""


def mini_init(argv):
    raise NotImplementedError
