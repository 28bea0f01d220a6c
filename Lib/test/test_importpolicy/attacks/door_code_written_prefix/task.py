"""Is compiled, and the compiled file written."""
