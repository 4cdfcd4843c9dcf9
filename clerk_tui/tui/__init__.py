"""What a clerk sees."""
