"""A web worker whose handlers may read one directory, and nothing else.

    python web_worker.py DIRECTORY [PORT]

The handler below has two faults that real ones had: it opens whatever path
is asked for, and hands a part of the URL to a shell.  They stay faults, but
reach nothing.  The server is set up first; then a manager for all threads is
put in force.
"""

import http.server
import os
import sys
import urllib.parse

import secman


class Handler(http.server.BaseHTTPRequestHandler):

    directory = None

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        try:
            if url.path == "/size":
                # The first fault: a shell.
                with os.popen("wc -c " + query.get("file", "")) as pipe:
                    self.answer(200, pipe.read().encode())
                return
            # The second: no look at "..".
            with open(self.directory + urllib.parse.unquote(url.path),
                      "rb") as file:
                self.answer(200, file.read())
        except secman.SecurityError as error:
            self.answer(403, f"refused {error.event}\n".encode())
        except OSError:
            self.answer(404, b"not found\n")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def manager_for(directory):
    manager = secman.SecurityManager.preset("library")
    # Connections come in; nobody goes out.
    manager.set_permission(secman.SocketPermission(False))
    for event in "socket.accept", "socket.__new__", "socket.setsockopt":
        manager.set_permission(secman.Permission(event, True))
    # What is opened: pages, and what is imported meanwhile.
    manager.set_permission(secman.Permission("open", True, [
        secman.FileTarget(directory, mode="r"),
        secman.FileTarget("$PREFIX", mode="r"),
        secman.FileTarget(os.path.dirname(os.__file__), mode="r")]))
    return manager


def main(directory, port=0):
    Handler.directory = os.path.abspath(directory)
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(port)),
                                         Handler) as server:
        print("http://127.0.0.1:%d/" % server.server_port, flush=True)
        secman.add_manager(manager_for(Handler.directory))
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
