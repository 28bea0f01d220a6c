import good


class Goodbye:

    def __init__(self, data, port):
        self.data, self.port = data, port

    def __del__(self):
        good.send(self.data, self.port)
