"""What sys.exit does: an exception that ends the program when nobody catches it."""


def goodbye(code):
    raise SystemExit(code)
