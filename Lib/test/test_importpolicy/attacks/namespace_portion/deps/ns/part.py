"""A part of the namespace."""
