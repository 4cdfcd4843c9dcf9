"""clerk-tui: the counter workstation of a township service hall."""

__version__ = "0.1.0"
