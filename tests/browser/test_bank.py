"""A bank statement is handed in, its lines become gifts, and the books hold, in a real browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from portal.donations.rules.transfer_reference import transfer_reference
from tests.browser.house import House
from tests.browser.screen import Screen
from tests.factories.statements import Wire, camt

GIFT = {"fr": "Comptabiliser", "en": "Book it"}
CHECK = {"fr": "Vérifier maintenant", "en": "Check now"}
AGREES = {"fr": "Concorde", "en": "Agrees"}
CAME = (
    "select count(*) from gift where mode = 'transfer' and state = 'settled' and amount_minor = %s"
)


@pytest.mark.parametrize(
    ("language", "width", "javascript", "minor"),
    [("fr", 1280, True, 12_301), ("en", 320, False, 12_302)],
)
def test_from_the_statement_to_the_books(
    open_screen: Callable[..., Screen],
    house: House,
    language: str,
    width: int,
    javascript: bool,
    minor: int,
) -> None:
    known, other = (
        house.ask("select ref from donor where kind = 'person' order by id offset %s limit 1", n)
        for n in (0, 1)
    )
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    named = Wire(minor, day, "PERSONNE", text=f"DON {transfer_reference(known)}")
    opening = house.ask("select closing_minor from bank_statement order by closed_on desc, id desc")
    number = str(house.ask("select count(*) + 1 from bank_statement"))
    statement = camt(
        [named, Wire(minor, day, "INCONNUE", text="VIREMENT")], opening=opening, number=number
    )
    screen = open_screen(
        language=language, width=width, javascript=javascript, persona="accountant"
    )
    screen.open("/office/bank")
    screen.page.locator("input[type=file]").set_input_files(
        {"name": "releve.xml", "mimeType": "application/xml", "buffer": statement}
    )
    screen.send()
    screen.press_first("main form[action$='/import'] button")
    assert house.ask(CAME, minor) == 1  # named by its reference: certain
    screen.open("/office/bank/lines?state=waiting")
    line = house.ask(
        "select public_id from bank_line where counterparty = 'INCONNUE' order by id desc"
    )
    screen.open(f"/office/bank/lines/{line}")
    screen.fill(who=other)
    if javascript:
        screen.page.locator("[role=option]").first.click()
    screen.press(GIFT[language])
    assert house.ask(CAME, minor) == 2
    screen.open("/office/books")
    screen.press(CHECK[language])
    if not javascript:
        screen.wait_for("section[aria-labelledby=checks]:not([data-look-again]) tbody .badge", 60)
    found = screen.page.locator("section[aria-labelledby=checks] tbody .badge")
    screen.page.locator("[data-look-again]").wait_for(state="detached", timeout=60_000)
    found.first.wait_for(timeout=60_000)
    assert {each.strip() for each in found.all_inner_texts()} == {AGREES[language]}
