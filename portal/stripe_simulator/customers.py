"""Customers."""

from __future__ import annotations

from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.store import Body

_ADDRESS = p.removable(
    p.shape(
        {
            name: p.removable(p.text())
            for name in ("city", "country", "line1", "line2", "postal_code", "state")
        }
    )
)
_FIELDS = {
    "address": _ADDRESS,
    "description": p.removable(p.text()),
    "email": p.removable(p.email),
    "metadata": p.metadata,
    "name": p.removable(p.text(256)),
    "phone": p.removable(p.text(20)),
    "preferred_locales": p.list_of(p.text()),
    "invoice_settings": p.shape({"default_payment_method": p.removable(p.text())}),
}
_NO_SETTINGS: Body = dict.fromkeys(
    ("custom_fields", "default_payment_method", "footer", "rendering_options")
)
CREATE = p.shape(_FIELDS)
UPDATE = p.shape(_FIELDS)


def create(account: Account, given: Body) -> Body:
    """A new customer."""
    metadata = p.merged({}, given.pop("metadata", {}))
    settings = _settings(account, _NO_SETTINGS, given.pop("invoice_settings", {}))
    body: Body = {
        "id": account.new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": account.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": account.new_id("x")[-8:].upper(),
        "invoice_settings": settings,
        "livemode": False,
        "metadata": metadata,
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **given,
    }
    account.save(body)
    account.emit("customer.created", body)
    return body


def update(account: Account, given: Body) -> Body:
    """Change a customer."""
    customer = account.get("customer", given.pop("id"))
    metadata = p.merged(customer["metadata"], given.pop("metadata", {}))
    settings = _settings(account, customer["invoice_settings"], given.pop("invoice_settings", {}))
    fields = {**given, "metadata": metadata, "invoice_settings": settings}
    return changed(account, customer, "customer.updated", **fields)


def _settings(account: Account, present: Body, change: Body) -> Body:
    method = change.get("default_payment_method")
    if method is not None:
        account.get("payment_method", method, "invoice_settings[default_payment_method]")
    return {**present, **change}
