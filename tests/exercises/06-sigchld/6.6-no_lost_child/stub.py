"""What a learner finds before writing anything."""


def no_lost_child():
    raise NotImplementedError
