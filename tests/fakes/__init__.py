"""Fakes behind our own protocols."""
