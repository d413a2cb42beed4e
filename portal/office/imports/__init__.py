"""The field import: all tables of a delivery, one transaction, a dry run that is the real thing undone."""
