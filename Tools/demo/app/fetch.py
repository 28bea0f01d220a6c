"""Asks through requests, which the policy grants the network."""
import os

import requests

print(requests.get(os.environ["DEMO_SERVER"] + "/greeting", timeout=10).text)
