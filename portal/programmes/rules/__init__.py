"""What may be said of a child, to whom, and in which words. No clock, no database."""
