"""Ways in one's own vehicle, by the scale of their day and of the year's kilometres."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.money import Money
from portal.donations.rules.mileage import NoRate, RateAboveScale, Vehicle, scale_on, way_worth

ON = date(2026, 5, 4)
KM = st.decimals(0, 12_000, places=1)


@pytest.mark.parametrize(
    ("vehicle", "km", "worth"),
    [
        (Vehicle.CAR_3, "100", 5_290),
        (Vehicle.CAR_5, "42.5", 2_703),
        (Vehicle.CAR_5, "5000", 318_000),
        (Vehicle.CAR_5, "6000", 353_700),
        (Vehicle.CAR_7, "21000", 987_000),
        (Vehicle.MOTORCYCLE_5, "4000", 148_600),
        (Vehicle.MOPED, "100", 3_150),
    ],
)
def test_the_scale_of_2023(vehicle: Vehicle, km: str, worth: int) -> None:
    assert way_worth(vehicle, Decimal(km), ON) == Money(worth)


@given(st.sampled_from(Vehicle), KM, KM)
def test_two_ways_are_worth_what_one_of_their_length_is(
    vehicle: Vehicle, first: Decimal, second: Decimal
) -> None:
    apart = way_worth(vehicle, first, ON) + way_worth(vehicle, second, ON, already=first)
    assert abs((apart - way_worth(vehicle, first + second, ON)).minor) <= 1


def test_electric_counts_a_fifth_more() -> None:
    assert way_worth(Vehicle.CAR_3, Decimal(100), ON, electric=True) == Money(6_348)


def test_the_association_pays_less_never_more() -> None:
    assert way_worth(Vehicle.CAR_5, Decimal(100), ON, rate=Decimal("0.40")) == Money(4_000)
    with pytest.raises(RateAboveScale):
        way_worth(Vehicle.CAR_5, Decimal(100), ON, rate=Decimal("0.70"))


def test_older_ways_have_no_scale_here() -> None:
    with pytest.raises(NoRate):
        scale_on(date(2021, 12, 31))
    assert "27 mars 2023" in scale_on(date(2022, 1, 1)).source
