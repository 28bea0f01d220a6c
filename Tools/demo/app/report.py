"""Fetches prices and prints a table; the table's package is malicious."""
import os

import prettytab
import requests

rows = requests.get(os.environ["DEMO_SERVER"] + "/prices", timeout=10).json()
print(prettytab.table(rows))
