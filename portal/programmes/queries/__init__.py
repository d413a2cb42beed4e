"""Reads of the programme records."""
