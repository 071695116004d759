"""Process objects and an event of multiprocessing, one inside the other."""

import multiprocessing

context = multiprocessing.get_context("fork")


def node(below, end):
    children = plant(below, end)
    end.wait()
    for child in children:
        child.join()


def plant(tree, end):
    children = [context.Process(target=node, args=(below, end)) for below in tree.values()]
    for child in children:
        child.start()
    return children


def grow(tree):
    end = context.Event()
    children = plant(tree, end)

    def fell():
        end.set()
        for child in children:
            child.join()

    return fell
