"""Puts the accounts into the application."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from portal.accounts.sign_in import login_manager


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Sign-in and the pages of accounts."""
    del csrf
    login_manager.init_app(app)
