"""Asks by itself: the application needs listing like anyone."""
import os
import socket

host, port = os.environ["DEMO_SERVER"].split("/")[2].split(":")
with socket.create_connection((host, int(port)), timeout=10) as connection:
    connection.sendall(b"GET /greeting HTTP/1.0\r\n\r\n")
    print(connection.makefile().read().splitlines()[-1])
