"""Products and prices, made beforehand or on the spot (`price_data`)."""

from __future__ import annotations

from portal.stripe_simulator import parameters as p
from portal.stripe_simulator.account import Account, changed
from portal.stripe_simulator.currencies import check_amount
from portal.stripe_simulator.refusals import wrong_parameter
from portal.stripe_simulator.store import Body

MOST = 99_999_999
RECURRING = p.shape(
    {"interval": p.one_of("day", "week", "month", "year"), "interval_count": p.whole(1, 36)},
    required=("interval",),
)
_PRODUCT_DATA = {
    "name": p.text(),
    "description": p.text(),
    "images": p.list_of(p.address),
    "metadata": p.metadata,
    "statement_descriptor": p.text(22),
    "tax_code": p.text(),
    "unit_label": p.text(),
}
CREATE_PRODUCT = p.shape(
    {**_PRODUCT_DATA, "active": p.flag, "id": p.text(), "url": p.address}, required=("name",)
)
UPDATE_PRODUCT = p.shape({**_PRODUCT_DATA, "active": p.flag, "url": p.removable(p.address)})
CREATE_PRICE = p.shape(
    {
        "active": p.flag,
        "currency": p.currency,
        "lookup_key": p.text(200),
        "metadata": p.metadata,
        "nickname": p.text(),
        "product": p.text(),
        "product_data": p.shape(_PRODUCT_DATA, required=("name",)),
        "recurring": RECURRING,
        "unit_amount": p.whole(0, MOST),
    },
    required=("currency", "unit_amount"),
)
UPDATE_PRICE = p.shape({"active": p.flag, "metadata": p.metadata, "nickname": p.text()})
PRICE_DATA = p.shape(
    {
        "currency": p.currency,
        "product": p.text(),
        "product_data": p.shape(_PRODUCT_DATA, required=("name",)),
        "recurring": RECURRING,
        "unit_amount": p.whole(0, MOST),
    },
    required=("currency", "unit_amount"),
)


def create_product(account: Account, given: Body) -> Body:
    """A new product."""
    metadata = p.merged({}, given.pop("metadata", {}))
    body: Body = {
        "id": account.new_id("prod"),
        "object": "product",
        "active": True,
        "created": account.now(),
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": metadata,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": account.now(),
        "url": None,
        **given,
    }
    account.save(body)
    account.emit("product.created", body)
    return body


def update_product(account: Account, given: Body) -> Body:
    """Change a product."""
    product = account.get("product", given.pop("id"))
    metadata = p.merged(product["metadata"], given.pop("metadata", {}))
    fields = {**given, "metadata": metadata, "updated": account.now()}
    return changed(account, product, "product.updated", **fields)


def create_price(account: Account, given: Body, path: str = "unit_amount") -> Body:
    """A new price, of a product that exists or is made with it."""
    check_amount(given["unit_amount"], given["currency"], path)
    product = _product_of(account, given, "product")
    recurring = given.get("recurring")
    body: Body = {
        "id": account.new_id("price"),
        "object": "price",
        "active": given.get("active", True),
        "billing_scheme": "per_unit",
        "created": account.now(),
        "currency": given["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": given.get("lookup_key"),
        "metadata": p.merged({}, given.get("metadata", {})),
        "nickname": given.get("nickname"),
        "product": product["id"],
        "recurring": _recurring(recurring) if recurring else None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": given["unit_amount"],
        "unit_amount_decimal": str(given["unit_amount"]),
    }
    account.save(body)
    account.emit("price.created", body)
    return body


def update_price(account: Account, given: Body) -> Body:
    """Change what may be changed of a price: never its amount."""
    price = account.get("price", given.pop("id"))
    metadata = p.merged(price["metadata"], given.pop("metadata", {}))
    return changed(account, price, "price.updated", **{**given, "metadata": metadata})


def inline_price(account: Account, price_data: Body, path: str) -> Body:
    """The price that `price_data` describes; it is not offered to anybody else."""
    if ("product" in price_data) == ("product_data" in price_data):
        raise wrong_parameter(
            "You must specify exactly one of product and product_data", f"{path}[product]"
        )
    return create_price(account, {**price_data, "active": False}, f"{path}[unit_amount]")


def _product_of(account: Account, given: Body, path: str) -> Body:
    if "product" in given:
        return account.get("product", given["product"], path)
    if "product_data" in given:
        return create_product(account, dict(given["product_data"]))
    raise wrong_parameter("Missing required param: product.", path, "parameter_missing")


def _recurring(given: Body) -> Body:
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
