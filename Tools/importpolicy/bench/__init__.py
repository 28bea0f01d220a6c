"""What the import policy costs: the parts of ../bench.py."""
