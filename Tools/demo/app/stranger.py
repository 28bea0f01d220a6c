"""Asks through httpx, which the policy does not mention."""
import os

import httpx

print(httpx.get(os.environ["DEMO_SERVER"] + "/greeting", timeout=10).text)
