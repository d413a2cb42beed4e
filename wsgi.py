"""The entrance for a WSGI server."""

from portal import create_app

app = create_app()
