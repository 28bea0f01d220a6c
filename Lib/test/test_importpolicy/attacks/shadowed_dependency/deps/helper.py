"""What the granted package imports."""


def help():
    pass
