"""My taxes: the cases A to H as the page works them out, and what a simulation must say."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from portal.core.money import Money
from portal.donations.rules.tax import TAX_SCHEMES, NoTaxScheme
from portal.donations.rules.tax_year import CarriedOver, DatedGift
from portal.receipts.rules.tax_simulation import (
    Simulation,
    boxes,
    carried_into,
    simulate_company,
    simulate_household,
)
from tests.factories.tax import carry, euros, gift


@dataclass(frozen=True)
class Case:
    words: str
    year: int
    income: str
    gifts: list[DatedGift]
    reduction: str
    cost: str
    incomes_before: dict[int, str] = field(default_factory=dict)
    typed: dict[int, str] = field(default_factory=dict)
    carried: list[CarriedOver] = field(default_factory=list)


SPONSOR = [gift("47", f"2026-{month:02}-05") for month in range(1, 13)]
C = [gift("6000", "2026-05-01"), gift("3000", "2027-05-01")]
CASES = [
    Case("A: 12 x 47 at 66 %", 2026, "30000", SPONSOR, "372", "191.76"),
    Case(
        "B: 75 % up to the cap, the rest and another gift at 66 %",
        2026,
        "40000",
        [gift("2500", "2026-03-01", "coluche"), gift("1000", "2026-04-01")],
        "2490",
        "1010",
    ),
    Case("C, year N", 2026, "20000", C[:1], "2640", "3360", carried=[carry(2026, "2000")]),
    Case(
        "C, year N+1, the carry-over worked out from the income of N",
        2027,
        "20000",
        C,
        "2640",
        "360",
        incomes_before={2026: "20000"},
        carried=[carry(2027, "1000")],
    ),
    Case(
        "C, year N+2, worked out over two years",
        2028,
        "20000",
        C,
        "660",
        "-660",
        incomes_before={2026: "20000", 2027: "20000"},
    ),
    Case("C, year N+2, the carry-over typed", 2028, "20000", [], "660", "-660", typed={2027: "1000"}),
    Case(
        "D: the cap of 2024", 2024, "40000", [gift("1500", "2024-07-01", "coluche")], "1080", "420"
    ),
    Case(
        "E: 2025, under both caps",
        2025,
        "40000",
        [gift("800", "2025-02-01", "coluche"), gift("700", "2025-11-01", "coluche")],
        "1125",
        "375",
    ),
    Case(
        "F: 2025, beyond the cap before 14 October",
        2025,
        "40000",
        [gift("1500", "2025-02-01", "coluche"), gift("700", "2025-11-01", "coluche")],
        "1605",
        "595",
    ),
    Case("H: after five years nothing is left", 2032, "20000", [], "0", "0", typed={2026: "2000"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_a_household(case: Case) -> None:
    before = carried_into(
        case.year,
        {year: euros(income) for year, income in case.incomes_before.items()},
        case.gifts,
        {year: euros(amount) for year, amount in case.typed.items()},
        TAX_SCHEMES,
    )
    of_year = [each for each in case.gifts if each.on.year == case.year]

    income = euros(case.income)
    found = simulate_household(case.year, income, of_year, before, schemes=TAX_SCHEMES)

    assert found.reduction == euros(case.reduction)
    assert found.cost == euros(case.cost)
    assert list(found.carried) == case.carried


def test_case_g_a_company_beyond_its_ceiling() -> None:
    found = simulate_company(2026, euros("1500000"), euros("30000"), "general", schemes=TAX_SCHEMES)

    assert found.reduction == euros("12000")
    assert found.carried == (carry(2026, "10000"),)


def _with_tax_due(amount: str) -> Simulation:
    return simulate_household(
        2026, euros("30000"), SPONSOR, schemes=TAX_SCHEMES, tax_due=euros(amount)
    )


def test_a_reduction_larger_than_the_tax_due_is_lost() -> None:
    found = _with_tax_due("300")

    assert (found.reduction, found.lost, found.cost) == (euros("300"), euros("72"), euros("264"))


def test_nothing_is_lost_while_the_tax_due_is_large_enough() -> None:
    found = _with_tax_due("372")

    assert (found.lost, found.cost) == (Money(0), euros("191.76"))


def test_what_was_used_of_earlier_years_is_told() -> None:
    found = simulate_household(
        2027, euros("20000"), C[1:], [carry(2026, "2000")], schemes=TAX_SCHEMES
    )

    assert found.used_before == euros("2000")


def test_a_typed_sum_takes_the_place_of_one_worked_out() -> None:
    before = carried_into(2027, {2026: euros("20000")}, C, {2026: euros("1500")}, TAX_SCHEMES)

    assert before == (carry(2026, "1500"),)


@pytest.mark.parametrize(
    ("usual", "company", "told"),
    [
        ("general", False, [("2042 RICI", "7UF", "564")]),
        ("general", True, [("2069-RCI-SD", "", "564")]),
    ],
)
def test_where_a_sponsor_s_gifts_are_declared(
    usual: str, company: bool, told: list[tuple[str, str, str]]
) -> None:
    found = boxes(2026, SPONSOR, TAX_SCHEMES, company=company, usual=usual)

    assert [(each.form, each.box, each.amount) for each in found] == [
        (form, box, euros(amount)) for form, box, amount in told
    ]


def test_gifts_of_both_categories_fill_both_boxes() -> None:
    both = [gift("30", "2026-03-01", "coluche"), gift("20", "2026-04-01")]
    found = boxes(2026, both, TAX_SCHEMES, company=False, usual="general")

    assert {each.box: each.amount for each in found} == {"7UF": euros("20"), "7UD": euros("30")}


@pytest.mark.parametrize(
    ("given", "declared"), [("564.49", "564"), ("564.50", "565"), ("0.49", "0"), ("47", "47")]
)
def test_a_box_takes_whole_euros(given: str, declared: str) -> None:
    (found,) = boxes(2026, [gift(given, "2026-03-01")], TAX_SCHEMES, company=False, usual="general")

    assert (found.amount, found.declared) == (euros(given), euros(declared))


def test_the_box_is_told_before_the_first_gift() -> None:
    (found,) = boxes(2026, [], TAX_SCHEMES, company=False, usual="coluche")

    assert (found.box, found.amount) == ("7UD", Money(0))


def test_a_year_without_a_known_rate_is_refused() -> None:
    with pytest.raises(NoTaxScheme):
        boxes(2019, [], TAX_SCHEMES, company=False, usual="general")
