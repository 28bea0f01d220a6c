"""What is begun here goes on where somebody wants it to."""

import good


def sending(data, port):
    yield good.send(data, port)
