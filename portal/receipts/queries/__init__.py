"""Reads about receipts; nothing here writes."""
