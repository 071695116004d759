"""Plays the programs without a fork: a list of answers that fork gives."""


def how_many(program, n):
    def count(answers):
        """How many processes follow from these answers of fork, tried in this order."""
        given = iter(answers)
        asked = 0

        def fork():
            nonlocal asked
            asked += 1
            return next(given)

        try:
            for _ in range(n):
                if program == "A":
                    fork()
                elif program == "B":
                    if fork() == 0:
                        break
                elif program == "C":
                    if fork() == 0:
                        fork()
                        break
                elif program == "D":
                    fork() and fork()
                elif program == "E":
                    fork()
                    break
                else:
                    fork() and fork() or fork()
        except StopIteration:
            return count([*answers, 0]) + count([*answers, 1])
        return 1

    return count([])
