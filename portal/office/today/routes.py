"""Today."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.office.today import queries

today = Blueprint("office", __name__, url_prefix="/office")


@today.get("/", endpoint="today")
@needs(*Role)
def show() -> ResponseReturnValue:
    now = current_app.extensions["clock"].now()
    known = current_app.view_functions
    tasks = [d for d in queries.due(now, current_user.role_set) if d.task.endpoint in known]
    return render_template("office/today/today.html", tasks=tasks, now=now)
