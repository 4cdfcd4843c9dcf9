"""The demonstration: a believable morning in a hall with invented residents, made through the desk's own acts."""
