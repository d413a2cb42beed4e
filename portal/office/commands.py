"""The commands of the head office."""

from portal.office.exports.commands import exports_group
from portal.office.imports.commands import import_group
from portal.office.mail_commands import mail

COMMANDS = [exports_group, import_group, mail]
