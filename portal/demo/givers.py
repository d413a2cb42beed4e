"""Believable donors and what they gave since the first of January of last year."""

from __future__ import annotations

import calendar
import datetime as dt
from random import Random
from typing import Any

from portal.demo.names import ABROAD, CITIES, COMPANIES, DONOR_FIRST, DONOR_LAST, STREETS
from portal.demo.records import Records

MODES = ("sepa", "sepa", "card", "card", "cheque", "transfer")
PROGRAMMES = ("education", "vocational_training", "food", "health", "protection", "family_support")


def givers_records(chance: Random, today: dt.date, donors: int) -> dict[str, list[dict[str, Any]]]:
    """Donors and gifts; some addresses are wanting, some donors live abroad, as in life."""
    records = Records(chance, today)
    for number in range(1, donors + 1):
        _donor(records, number, donors)
    return records.tables


def _donor(records: Records, number: int, donors: int) -> None:
    chance = records.chance
    ref, mode = f"D{number:06}", chance.choice(MODES)
    sponsor = chance.random() < 0.7
    row: dict[str, Any] = {
        "donor_ref": ref, "kind": "person", "title": "", "first_name": "", "last_name": "",
        "company_name": "", "siren": "", "email": f"{ref.lower()}@example.org",
        "address1": f"{chance.randint(1, 160)} {chance.choice(STREETS)}", "address2": "",
        "country": "FR", "language": "fr", "phone": "",
        "since": records.day(dt.date(2014, 1, 1), records.today - dt.timedelta(days=330)),
        "wants_sponsorship": "yes" if sponsor else "no", "payment": mode,
        "monthly_eur": chance.choice((25, 30, 47, 47, 47, 60)) if sponsor else "",
    }  # fmt: skip
    row["postcode"], row["city"] = chance.choice(CITIES)
    if number > donors - len(COMPANIES):
        row["company_name"], row["siren"] = COMPANIES[donors - number]
        row["kind"] = "company"
    else:
        row["title"] = chance.choice(("Mme", "M."))
        row["first_name"] = chance.choice(DONOR_FIRST[row["title"]])
        row["last_name"] = chance.choice(DONOR_LAST)
    _not_quite_complete(chance, row, number)
    if sponsor:
        _wish(chance, row)
    records.add("donors", **row)
    _gifts(records, row)


def _not_quite_complete(chance: Random, row: dict[str, Any], number: int) -> None:
    if number % 29 == 0:
        row["address1"] = ""
    if number % 17 == 0:
        row["country"], row["postcode"], row["city"], row["language"] = chance.choice(ABROAD)
    if number % 31 == 0:
        row["email"] = ""


def _wish(chance: Random, row: dict[str, Any]) -> None:
    row["wish_sex"] = chance.choice(("", "", "F", "M"))
    if chance.random() < 0.4:
        row["wish_age_min"], row["wish_age_max"] = chance.choice(((3, 8), (6, 12), (10, 16)))
    row["wish_programme"] = chance.choice(("", "", "", "education", "vocational_training"))
    row["wish_site"] = chance.choice(("", "", "", "phnom_penh", "siem_reap"))


def _gifts(records: Records, donor: dict[str, Any]) -> None:
    chance, today = records.chance, records.today
    month = dt.date(today.year - 1, 1, 1)
    number = 0
    while month <= today:
        monthly = donor["monthly_eur"] and donor["payment"] in ("sepa", "card", "transfer")
        if monthly or chance.random() < 0.07:
            days = calendar.monthrange(month.year, month.month)[1]
            on = month.replace(day=chance.randint(1, days))
            if on <= today:
                number += 1
                _gift(records, donor, number, on, monthly=bool(monthly))
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _gift(
    records: Records, donor: dict[str, Any], number: int, on: dt.date, *, monthly: bool
) -> None:
    chance = records.chance
    purpose = (
        "sponsorship"
        if monthly
        else chance.choice(("general", f"programme:{chance.choice(PROGRAMMES)}"))
    )
    cheque = donor["payment"] == "cheque"
    records.add(
        "gifts",
        gift_ref=f"{donor['donor_ref']}-{number:02}",
        donor_ref=donor["donor_ref"],
        received_on=on,
        amount_eur=f"{donor['monthly_eur'] if monthly else chance.choice((30, 50, 80, 100, 250)):.2f}",
        mode=donor["payment"],
        purpose=purpose,
        cheque_number=str(chance.randint(1000000, 9999999)) if cheque else "",
        deposit_ref=f"REM-{on:%Y%m}" if cheque else "",
    )
