"""Whole screens: sign-in, first start, the workbench, the lock, the paper preview."""
