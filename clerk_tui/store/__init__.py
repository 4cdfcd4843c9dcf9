"""What is kept: tables, engine, journal, read models."""
