"""The public pages of giving, and the donor's own pages of gifts and plans."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("donations", __name__, url_prefix="/<lang_code>")
mine = Blueprint("my_gifts", __name__, url_prefix="/me/gifts")
my_plans = Blueprint("my_plans", __name__, url_prefix="/me/plans")

from portal.donations.routes import (  # noqa: E402
    following,  # noqa: F401
    giving,  # noqa: F401
    own,  # noqa: F401
    plan,  # noqa: F401
    plan_back,  # noqa: F401
    plan_link,  # noqa: F401
    questions,  # noqa: F401
    thanks,  # noqa: F401
    transfers,  # noqa: F401
)
