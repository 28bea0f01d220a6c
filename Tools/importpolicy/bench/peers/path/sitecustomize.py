"""Nothing: what the others are compared with, since being imported costs."""
