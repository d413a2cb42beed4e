"""``portal match``: a proposal is written down, then applied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from portal.core.db import db
from portal.programmes.codes import Sex
from portal.sponsorships.commands import match
from portal.sponsorships.models import Sponsorship
from tests.factories.children import make_child
from tests.factories.people import make_donor
from tests.factories.sponsorships import make_sponsorship, make_wish

pytestmark = pytest.mark.usefixtures("app")


def portal(*words: str) -> Result:
    return CliRunner().invoke(match, list(words))


def test_a_proposal_is_applied_and_applied_again_changes_nothing(tmp_path: Path) -> None:
    girl, boy = make_child(), make_child(sex=Sex.M)
    wants_girl = make_wish(make_donor(ref="DGIRL"), sex=Sex.F)
    told = portal("propose", "--json", "--language", "en")
    shape = json.loads(told.stdout)
    assert [(p["donor_ref"], p["child_ref"]) for p in shape["pairs"]] == [("DGIRL", girl.ref)]
    assert "A girl, as wished" in shape["pairs"][0]["reasons"]
    assert boy.ref not in told.stdout
    file = tmp_path / "proposal.json"
    file.write_text(told.stdout, encoding="utf-8")
    for _time in (1, 2):
        applied = portal("apply", str(file), "--json")
        assert applied.exit_code == 0
        assert len(json.loads(applied.stdout)["accepted"]) == 1
    started = db.session.scalars(sa.select(Sponsorship)).one()
    assert started.donor_id == wants_girl.donor_id


def test_a_compromise_is_proposed_apart_and_not_applied(tmp_path: Path) -> None:
    make_child(sex=Sex.M)
    make_wish(sex=Sex.F)
    told = portal("propose", "--json")
    shape = json.loads(told.stdout)
    assert (shape["pairs"], len(shape["compromises"])) == ([], 1)
    file = tmp_path / "proposal.json"
    file.write_text(told.stdout, encoding="utf-8")
    assert portal("apply", str(file)).exit_code == 0
    assert db.session.scalars(sa.select(Sponsorship)).all() == []


def test_a_pair_somebody_else_took_is_refused_with_the_reason(tmp_path: Path) -> None:
    child, wish = make_child(), make_wish()
    make_sponsorship(child=child)
    pair = {"wish": str(wish.public_id), "donor_ref": wish.donor.ref, "child_ref": child.ref}
    file = tmp_path / "proposal.json"
    file.write_text(json.dumps({"pairs": [pair, {"wish": "?"}]}), encoding="utf-8")
    applied = portal("apply", str(file), "--json")
    assert applied.exit_code == 1
    reasons = [refused["reason"] for refused in json.loads(applied.stdout)["refused"]]
    assert reasons[0].startswith("Quelqu’un a été plus rapide")
    assert len(reasons) == 2


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"pairs": 3}', '{"pairs": [1]}'])
def test_what_is_no_proposal_is_a_misuse(tmp_path: Path, text: str) -> None:
    file = tmp_path / "proposal.json"
    file.write_text(text, encoding="utf-8")
    assert portal("apply", str(file)).exit_code == 2


def test_a_proposal_is_read_by_people_too(app: Flask) -> None:
    del app
    make_child()
    make_wish(make_donor(ref="DPLAIN"))
    told = portal("propose")
    assert "DPLAIN" in told.stdout
    assert "1 pairs" in told.stdout
