"""Reads of issues, of what they say today, and of whom they go to."""
