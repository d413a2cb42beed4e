"""The one place where everything is put together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import config, features
from portal.core import db as database
from portal.core import i18n, jobs
from portal.core.clock import Clock, SystemClock
from portal.core.web import addresses, assets, audience, errors, headers, limits, menu

csrf = CSRFProtect()
ENOUGH_FOR_A_FORM = 60 * 1024 * 1024


def assemble(settings: config.Settings | None, clock: Clock | None) -> Flask:
    """The whole portal, put together; raises SettingsError when it cannot be."""
    told = settings or config.load()
    app = Flask("portal")
    addresses.init_app(app)
    app.config.update(
        SECRET_KEY=told.secret_key,
        TESTING=told.mode is config.Mode.TEST,
        MAX_CONTENT_LENGTH=ENOUGH_FOR_A_FORM,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_SECURE=told.public_url.startswith("https://"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_ENABLED=True,
    )
    app.extensions["settings"] = told
    app.extensions["clock"] = clock or SystemClock()
    if told.mode is config.Mode.PRODUCTION:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    database.init_app(app, told)
    jobs.connect(app.config["SQLALCHEMY_DATABASE_URI"])
    csrf.init_app(app)
    i18n.init_app(app)
    assets.init_app(app)
    headers.init_app(app, told)
    limits.init_app(app)
    features.register(app, csrf)
    audience.init_app(app)
    errors.init_app(app)
    _tell_templates(app, told)
    audience.check_every_endpoint(app)
    return app


def _tell_templates(app: Flask, settings: config.Settings) -> None:
    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "language": i18n.language(),
            "settings": settings,
            "organisation": settings.organisation,
            "demo_mode": settings.demo and settings.loopback,
            "simulated_payments": settings.simulated_payments,
            "office_menu": menu.office_menu,
            "me_menu": menu.me_menu,
            "site_menu": menu.site_menu,
        }


__all__ = ["assemble", "csrf"]
