"""Scanners and printers, each behind a tiny protocol."""
