"""The commands of the head office."""

from portal.office.imports.commands import import_group

COMMANDS = [import_group]
