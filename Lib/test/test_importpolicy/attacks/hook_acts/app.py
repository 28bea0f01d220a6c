"""The application has the granted package work, twice."""

import evil

try:
    evil.attack()
except Exception as error:
    print(error)

import good

for _ in range(2):
    try:
        good.work()
    except Exception as error:
        print(error)
try:
    evil.after()
except Exception as error:
    print(error)
