"""What a learner finds before writing anything."""


def daemonise(argv):
    raise NotImplementedError
