"""Moves votes from the Redis stream into PostgreSQL, each counted once."""
