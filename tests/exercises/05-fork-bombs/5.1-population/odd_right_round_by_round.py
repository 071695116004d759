"""Plays the rounds with numbers: who can fork, who only stays, who has ended."""


def population(program, n):
    forking, staying, ended = 1, 0, 0
    forked = 0
    for _ in range(n):
        if program == "loop":
            new, forking, staying = 1, 1, staying + 1
        elif program == "double":
            new = forking
            forking += new
        elif program == "bomb":
            new = 2 * forking
            ended += forking
            forking = new
        elif program == "tree":
            new = 2 * forking
            staying += forking
            forking = new
        else:
            new = forking
            ended += forking
            forking = new
        forked += new
    return [forking + staying, forked]
