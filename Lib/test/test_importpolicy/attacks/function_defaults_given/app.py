"""The application sends what it always sends."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

good.send(port=good.PORT)
good.send()
