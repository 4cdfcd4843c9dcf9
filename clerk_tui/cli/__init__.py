"""The command line: thin, and lazy about imports."""
