"""The register under signature: how far, what does not hold, and whether a kept e-mail still holds."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import queries as accounts
from portal.core.clock import paris_date
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.receipts import services
from portal.receipts.head_words import fault_sentence, head_sentence
from portal.receipts.models import RegisterFinding
from portal.receipts.office.desk import bp
from portal.receipts.queries.findings import accepted_findings, named, open_alarms
from portal.receipts.queries.head_readers import head_readers
from portal.receipts.queries.signed_heads import last_heads
from portal.receipts.register_forms import AcceptFindingsForm, KeptHeadForm
from portal.receipts.register_words import finding_sentence
from portal.receipts.services.head_proof import HeadProof, prove_heads

LARGEST = 1024 * 1024
"""A mail of a night has a hundredth of it."""


@bp.get("/signatures")
@needs(Role.ACCOUNTANT)
def signatures() -> ResponseReturnValue:
    """The last signature of each series, what was found, who keeps the signatures."""
    return _page(KeptHeadForm())


@bp.post("/signatures")
@needs(Role.ACCOUNTANT)
def check_head() -> ResponseReturnValue:
    """Whether an e-mail of a night, pasted or handed in, still holds; nothing of it is kept."""
    form = KeptHeadForm()
    if not form.validate_on_submit():
        return _page(form), 422
    kept = form.kept(LARGEST)
    proofs = prove_heads(kept)
    if not proofs:
        form.text.errors = [_("There is no signed head in this text.")]
        return _page(form), 422
    return _page(form, proofs)


def _page(form: KeptHeadForm, proofs: list[HeadProof] | None = None) -> str:
    accepted = accepted_findings()
    return render_template(
        "receipts/office_signatures.html",
        form=form,
        proofs=[
            (head_sentence(proof), proof.holds, [fault_sentence(each) for each in proof.faults])
            for proof in proofs or ()
        ],
        heads=last_heads(),
        found=_told(open_alarms()),
        accepted=_told(accepted),
        names=accounts.names_of_accounts({row.accepted_by for row in accepted if row.accepted_by}),
        readers=[address for address, _language in head_readers(paris_date(clock_now()))],
        may_edit=Role.ADMINISTRATOR in current_user.role_set,
    )


def _told(rows: Sequence[RegisterFinding]) -> list[tuple[RegisterFinding, str]]:
    return [(row, finding_sentence(named(row))) for row in rows]


@bp.route("/signatures/accept", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def accept_findings() -> ResponseReturnValue:
    """A person who looked says why the register may be signed all the same."""
    rows = open_alarms()
    if not rows:
        flash(_("Everything that was signed holds: there is nothing to accept."), "info")
        return redirect(url_for(".signatures"), 303)
    form = AcceptFindingsForm(shown=[row.id for row in rows])
    if not form.validate_on_submit():
        page = render_template("receipts/office_accept_findings.html", form=form, found=_told(rows))
        return page, 422 if request.method == "POST" else 200
    night = services.sign_all_the_same(
        form.ids, reason=form.reason.data or "", by=current_user.id, at=clock_now()
    )
    if night.refused:
        flash(_("Something else was found meanwhile: look at it, too."), "warning")
    else:
        flash(
            _("Noted. The register is signed again, and the e-mail of it tells your reason."),
            "success",
        )
    return redirect(url_for(".signatures"), 303)
