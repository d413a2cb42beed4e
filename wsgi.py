"""The entrance for a WSGI server."""

from portal import create_app
from portal.core import logs

logs.configure()
app = create_app()
