"""Service items: schema, loading and checking, the question tree, packages, search."""
