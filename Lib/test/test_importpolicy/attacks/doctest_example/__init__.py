"""doctest runs an example."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import doctest
    import good
    test = doctest.DocTestParser().get_doctest(
        ">>> " + payload.SOURCE, vars(good), "good", good.__file__, 0)
    doctest.DocTestRunner().run(test)
