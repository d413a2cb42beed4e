"""The blueprint of the accountant's pages of receipts."""

from flask import Blueprint

bp = Blueprint("office_receipts", __name__, url_prefix="/office/receipts")
