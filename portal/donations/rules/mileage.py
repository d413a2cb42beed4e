"""What a volunteer's way in her own vehicle is worth when she waives its repayment.

Ways made since 1 January 2022 are valued by the scale of employees' professional expenses (CGI
art. 200, 1, as changed by loi n° 2022-1157 of 16 August 2022, art. 21, and art. 83, 3°); it
counts the kilometres of a civil year. A new scale is a new row: an old way keeps the scale of its
day. Older ways have a scale of their own that these tables do not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from portal.core.money import Money


class Vehicle(StrEnum):
    """A vehicle as the scale knows it; of cars and motorcycles the fiscal horsepower counts."""

    CAR_3 = "car_3"
    CAR_4 = "car_4"
    CAR_5 = "car_5"
    CAR_6 = "car_6"
    CAR_7 = "car_7"
    MOTORCYCLE_2 = "motorcycle_2"
    MOTORCYCLE_5 = "motorcycle_5"
    MOTORCYCLE_6 = "motorcycle_6"
    MOPED = "moped"


class NoRate(LookupError):
    """No scale is known for a way of that day."""


class RateAboveScale(ValueError):
    """The association pays less than the scale or as much, never more."""


_D = Decimal
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Three bands of a civil year's kilometres: a rate; a rate and a constant; a lower rate."""

    first_until: int
    second_until: int
    first: Decimal
    second: Decimal
    constant: Decimal
    beyond: Decimal

    def euros(self, km: Decimal) -> Decimal:
        """What so many kilometres of one year are worth."""
        if km <= self.first_until:
            return km * self.first
        if km <= self.second_until:
            return km * self.second + self.constant
        return km * self.beyond


def _car(first: str, second: str, constant: str, beyond: str) -> Scale:
    return Scale(5_000, 20_000, _D(first), _D(second), _D(constant), _D(beyond))


def _two_wheels(first: str, second: str, constant: str, beyond: str) -> Scale:
    return Scale(3_000, 6_000, _D(first), _D(second), _D(constant), _D(beyond))


@dataclass(frozen=True, slots=True)
class DatedScale:
    """The scales in force for ways on [``since``, ``until``[, and their source."""

    since: date
    until: date | None
    source: str
    scales: dict[Vehicle, Scale]


ELECTRIC_MORE: Final = _D("1.2")
"""An electric vehicle counts for a fifth more."""

SCALES: Final = (
    DatedScale(
        since=date(2022, 1, 1),
        until=None,
        source="arrêté du 27 mars 2023, barème kilométrique ; CGI art. 83, 3° et 200, 1",
        scales={
            Vehicle.CAR_3: _car("0.529", "0.316", "1065", "0.370"),
            Vehicle.CAR_4: _car("0.606", "0.340", "1330", "0.407"),
            Vehicle.CAR_5: _car("0.636", "0.357", "1395", "0.427"),
            Vehicle.CAR_6: _car("0.665", "0.374", "1457", "0.447"),
            Vehicle.CAR_7: _car("0.697", "0.394", "1515", "0.470"),
            Vehicle.MOTORCYCLE_2: _two_wheels("0.395", "0.099", "891", "0.248"),
            Vehicle.MOTORCYCLE_5: _two_wheels("0.468", "0.082", "1158", "0.275"),
            Vehicle.MOTORCYCLE_6: _two_wheels("0.606", "0.079", "1583", "0.343"),
            Vehicle.MOPED: _two_wheels("0.315", "0.079", "711", "0.198"),
        },
    ),
)


def scale_on(on: date, scales: Sequence[DatedScale] = SCALES) -> DatedScale:
    """The scales for a way made on that day.

    :raises NoRate:
    """
    for dated in scales:
        if dated.since <= on and (dated.until is None or on < dated.until):
            return dated
    raise NoRate(f"no scale of kilometres for {on.isoformat()}")


def way_worth(
    vehicle: Vehicle,
    km: Decimal,
    on: date,
    *,
    already: Decimal = _NOTHING,
    electric: bool = False,
    rate: Decimal | None = None,
    scales: Sequence[DatedScale] = SCALES,
) -> Money:
    """What a way of ``km`` kilometres is worth, to the cent, halves up.

    ``already``: kilometres of the same year and vehicle counted before. ``rate``: what the
    association pays a kilometre, in euros, when it is less than the scale.

    :raises NoRate: :raises RateAboveScale:
    """
    scale = scale_on(on, scales).scales.get(vehicle)
    if scale is None:
        raise NoRate(f"no scale of kilometres for a {vehicle} on {on.isoformat()}")
    more = ELECTRIC_MORE if electric else _D(1)
    worth = _money((scale.euros(already + km) - scale.euros(already)) * more)
    if rate is None:
        return worth
    paid = _money(km * rate)
    if paid > worth:
        raise RateAboveScale(f"{paid} instead of {worth}")
    return paid


def _money(euros: Decimal) -> Money:
    return Money.from_decimal(euros.quantize(_D("0.01"), ROUND_HALF_UP))
