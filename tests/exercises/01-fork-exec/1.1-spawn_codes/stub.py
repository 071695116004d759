"""What a learner finds before writing anything."""


def spawn_codes(gates):
    raise NotImplementedError
