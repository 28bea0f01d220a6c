"""A pool of processes that the application hands over."""
CATEGORY = "ways out"
REACH = "net"
BEYOND = ("What is sent to a worker is data, and the worker is the "
          "application's.")

from . import payload


def use(pool):
    pool.submit(exec, payload.SOURCE, {}).result()
