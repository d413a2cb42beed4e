"""The entrance for a WSGI server."""

import gc

gc.disable()  # what is made while starting stays: looking through it for rubbish only takes time

from portal import create_app  # noqa: E402
from portal.core import logs  # noqa: E402

logs.configure()
app = create_app()

gc.freeze()  # forked workers share it, and stop without taking it apart
gc.enable()
