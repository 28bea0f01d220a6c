"""A C audit hook: see ../hook.c."""

import _bench_hook
