"""Who may enter. Every endpoint declares it; one that does not stops the start.

``@everyone`` · ``@signed_in`` · ``@signed_in_afresh`` · ``@needs(Role.MATCHER, …)`` · ``@machine`` · ``@demo_only``.
The whole table stands in docs/security/audiences.csv and a test keeps it true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.core.db import db
from portal.core.roles import Role

P = ParamSpec("P")
R = TypeVar("R")
FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who an endpoint is for, as written in the table."""

    name: str
    roles: frozenset[Role] = frozenset()
    fresh: bool = False

    def __str__(self) -> str:
        roles = "|".join(sorted(self.roles)) or self.name
        return f"{roles} (fresh)" if self.fresh else roles


EVERYONE, SIGNED_IN = Audience("everyone"), Audience("signed_in")
SIGNED_IN_AFRESH = Audience("signed_in", fresh=True)
MACHINE, DEMO = Audience("machine"), Audience("demo")


def _declare(view: Callable[P, R], audience: Audience) -> Callable[P, R]:
    view.__audience__ = audience  # type: ignore[attr-defined]
    return view


def everyone(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody may see it."""
    return _declare(view, EVERYONE)


def machine(view: Callable[P, R]) -> Callable[P, R]:
    """For programs that prove themselves otherwise (signed webhooks, probes)."""
    return _declare(view, MACHINE)


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody with an account; what they see is theirs."""
    return _guarded(view, SIGNED_IN)


def signed_in_afresh(view: Callable[P, R]) -> Callable[P, R]:
    """As `signed_in`, for what moves money: asks for the password again after 15 minutes."""
    return _guarded(view, SIGNED_IN_AFRESH)


def needs(*roles: Role, fresh: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Head office people with one of these roles (an administrator always); a stranger gets 404.

    ``fresh`` asks for the password again when the sign-in is older than 15 minutes.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        return _guarded(view, Audience("office", frozenset(roles) | {Role.ADMINISTRATOR}, fresh))

    return decorate


def demo_only(view: Callable[P, R]) -> Callable[P, R]:
    """Exists only in demo mode on loopback."""
    return _guarded(view, DEMO)


def _guarded(view: Callable[P, R], audience: Audience) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        refusal = _refusal(audience)
        return view(*args, **kwargs) if refusal is None else refusal

    return _declare(guarded, audience)


def _refusal(audience: Audience) -> Response | None:
    if audience is DEMO:
        settings = current_app.extensions["settings"]
        here = request.host.rpartition(":")[0] or request.host
        at_home = here.strip("[]") in ("127.0.0.1", "localhost", "::1")
        return None if settings.demo and settings.loopback and at_home else abort(404)
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=_here()))
    if audience.roles and not audience.roles & current_user.role_set:
        abort(404)
    if audience.fresh and not is_fresh():
        flash(_("Please confirm that it is you before you go on."), "info")
        return redirect(url_for("accounts.confirm_identity", next=_here()))
    return None


def _here() -> str:
    """Where to come back to: this page, or the page whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    sent_from = urlsplit(request.referrer or "")
    if sent_from.netloc != request.host or not sent_from.path.startswith("/"):
        return "/"
    return f"{sent_from.path}?{sent_from.query}".rstrip("?")


def is_fresh() -> bool:
    """Whether the password was given within the last 15 minutes."""
    now = current_app.extensions["clock"].now()
    return bool(now - current_user.authenticated_at <= FRESH_FOR)


def audience_of(view: Callable[..., Any]) -> Audience | None:
    """What the view declared, or None."""
    return getattr(view, "__audience__", None)


def check_every_endpoint(app: Flask) -> None:
    """Raises RuntimeError naming the endpoints without an audience."""
    everyone(app.view_functions["static"])
    bare = sorted(name for name, view in app.view_functions.items() if audience_of(view) is None)
    if bare:
        raise RuntimeError(f"no audience declared for: {', '.join(bare)}")


def init_app(app: Flask) -> None:
    """A page that only shows can not write: GET and HEAD get a session that refuses to."""

    @app.before_request
    def only_show() -> None:
        writes = request.method not in ("GET", "HEAD", "OPTIONS")
        db.session().info["read_only"] = not writes
        g.actor_id = current_user.id if writes and current_user.is_authenticated else None
