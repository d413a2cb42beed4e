"""The currencies a payment can be made in, and what they bring in euros."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

from portal.stripe_simulator.refusals import Refusal, wrong_parameter

SETTLEMENT = "eur"
"""The currency of the account's balance."""
RATES = MappingProxyType(
    {
        "eur": "1",
        "usd": "0.92",
        "chf": "1.05",
        "gbp": "1.17",
        "jpy": "0.0061",
        "khr": "0.00023",
        "aud": "0.60",
        "cad": "0.67",
        "dkk": "0.134",
        "huf": "0.0025",
        "isk": "0.0067",
        "kwd": "3.01",
        "nok": "0.085",
        "nzd": "0.55",
        "pln": "0.23",
        "sek": "0.088",
        "sgd": "0.69",
        "ugx": "0.00025",
    }
)
"""Euros for one unit: plausible, settable, and never a real rate of the day."""
MINIMUM = MappingProxyType(
    {"eur": 50, "usd": 50, "chf": 50, "gbp": 30, "jpy": 50, "aud": 50, "cad": 50, "huf": 17_500}
)
"""The smallest charge, in minor units; what is not named must bring 50 cents."""
_ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
_THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
_WHOLE_UNITS = frozenset(("isk", "ugx"))


def decimals(currency: str) -> int:
    """How many decimals the currency has at Stripe; the riel has two."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


def check_amount(amount: int, currency: str, path: str) -> None:
    """Refuse a price Stripe would not take: unknown currency, wrong last digits."""
    if currency not in RATES:
        known = ", ".join(sorted(RATES))
        raise wrong_parameter(
            f"Invalid currency: {currency}. The simulator supports these currencies: {known}",
            path.replace("unit_amount", "currency"),
        )
    step = 10 if currency in _THREE_DECIMAL else 100 if currency in _WHOLE_UNITS else 1
    if amount % step:
        raise wrong_parameter(
            f"Invalid amount: in {currency} the last digits must be {'0' * (step // 10)}.", path
        )


def too_small(amount: int, currency: str, rate: str) -> bool:
    """Whether Stripe would refuse so small a charge."""
    if currency in MINIMUM:
        return amount < MINIMUM[currency]
    return converted(amount, currency, rate) < MINIMUM[SETTLEMENT]


def converted(amount: int, currency: str, rate: str) -> int:
    """What so many minor units bring in minor units of the balance, rounded half up."""
    units = Decimal(amount).scaleb(-decimals(currency)) * Decimal(rate)
    cents = units.scaleb(decimals(SETTLEMENT))
    return int(cents.quantize(Decimal(1), ROUND_HALF_UP))


def minor(written: str, currency: str) -> int:
    """``12,50`` or ``12.50`` in minor units; refuses what is no amount of that currency."""
    try:
        amount = Decimal(written.replace(",", ".").strip()).scaleb(decimals(currency))
    except InvalidOperation:
        raise Refusal(f"{written} is not an amount.", param="amount") from None
    if amount != amount.to_integral_value() or not 0 < amount < 10**12:
        raise Refusal(f"{written} is not an amount in {currency}.", param="amount")
    return int(amount)
