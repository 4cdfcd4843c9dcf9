"""The small parts that every place is made of."""
