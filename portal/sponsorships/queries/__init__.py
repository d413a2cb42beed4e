"""Reads of wishes, holds and sponsorships."""
