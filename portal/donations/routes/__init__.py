"""The public pages of giving, and the donor's own pages of gifts and plans."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("donations", __name__, url_prefix="/<lang_code>")
mine = Blueprint("my_gifts", __name__, url_prefix="/me/gifts")

from portal.donations.routes import giving, own, thanks  # noqa: E402, F401
