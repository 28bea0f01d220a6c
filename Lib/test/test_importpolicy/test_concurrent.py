"""Many threads at once: does each of them get its own answers?

With the lock they take turns; where there is none, they are judged at the same
time, and each looks at what the others are just learning.
"""

import unittest

from test.test_importpolicy.support import JudgementTestCase

ACTOR = """
    import os, threading
    def get():
        import vault
        return vault.take()
    def read(path):
        with open(path) as file:
            return file.read(1)
    def env():
        return os.environ["SECRET"]
    def call(function, *args):
        return function(*args)
    def deep(n, function, *args):
        return deep(n - 1, function, *args) if n else function(*args)
    def in_thread(function, *args):
        found = []
        def run():
            try:
                found.append(function(*args))
            except Exception as error:
                found.append(error)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if isinstance(found[0], Exception):
            raise found[0]
    """

MAIN = """
    import os, random, threading
    import evil, good, importpolicy, third
    os.environ["SECRET"] = "secret"
    REFUSED = (importpolicy.ImportDenied, importpolicy.AccessDenied, KeyError)
    N = 8
    wrong, done, ready = [], [], threading.Barrier(N)

    def check(allowed, function, *args):
        try:
            function(*args)
            found = True
        except REFUSED:
            found = False
        if found is not allowed:
            wrong.append((allowed, function.__module__, function.__name__,
                          args))

    def read_narrowed(path):
        with importpolicy.permit(read=[]):
            return good.read(path)

    def log():
        import logging
        logging.getLogger("a").debug("b")

    def work(seed):
        source = random.Random(seed)
        ready.wait()
        for _ in range(60):
            which, n = source.randrange(7), source.randrange(80)
            actor = source.choice([good, evil])
            right = actor is good
            if which == 0:
                check(right, actor.get)
            elif which == 1:
                check(right, actor.read, __file__)
            elif which == 2:
                check(right, actor.env)
            elif which == 3:
                check(right, actor.call, good.read, __file__)
                check(right, good.call, actor.read, __file__)
            elif which == 4:
                check(right, actor.deep, n, good.get)
            elif which == 5:
                check(right, actor.in_thread, good.read, __file__)
            else:
                check(False, read_narrowed, __file__)
                log()
            check(seed >= 0, third.read, __file__)
        done.append(seed)

    def round(seeds):
        threads = [threading.Thread(target=work, args=(seed,))
                   for seed in seeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    round(range(N))
    importpolicy.drop("read", principal="third")
    round(range(-N, 0))
    print(len(done), wrong)
    """


class ThreadsTest(JudgementTestCase):

    deps = dict.fromkeys(["good", "evil", "third"], ACTOR)

    def test_answers(self):
        result = self.judge({
            "vault": ["good"], "$log": "log", "$default": "deny",
            "$permissions": {
                "__main__": True, "third": {"read": True},
                "vault": {"write": True},
                "good": {"read": ["$APP"], "env": ["SECRET"], "write": True},
                "evil": {"read": ["$PKG"]}}}, MAIN)
        self.assertEqual((result.code, result.out), (0, "16 []\n"), result)


if __name__ == "__main__":
    unittest.main()
