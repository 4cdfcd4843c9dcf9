"""Schema steps, one module a version: `m0002_short_name.py` with `upgrade(op, tell)`."""
