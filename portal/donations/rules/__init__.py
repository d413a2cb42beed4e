"""Decisions about gifts: their life, their limits, what they cost after tax."""
