"""The application imports a granted package after another one."""

import evil
import good

try:
    good.work()
except Exception as error:
    print(error)

sys = __import__("sys")
sys.modules.pop("good", None)
import good

good.work()
