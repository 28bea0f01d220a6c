"""Records of the log are made by another function."""
CATEGORY = "borrowed"
REACH = "net"

from . import payload


def attack():
    import logging

    def make(*args, **kwargs):
        logging.setLogRecordFactory(logging.LogRecord)
        payload.act()
    logging.setLogRecordFactory(make)
