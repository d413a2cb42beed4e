"""An entry of the journal, an accountant's own ones, and undoing these."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounting.forms.entries import EntryForm, ReverseForm
from portal.accounting.models import Entry
from portal.accounting.office.books import books
from portal.accounting.queries.donors_named import donors_named_in
from portal.accounting.queries.entries import entry_by_number, facts_behind, named_lines
from portal.accounting.rules.draft import EntryError
from portal.accounting.services import manual as services
from portal.accounts.queries import names_of_accounts
from portal.core.money import Money
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.donations.forms.entry import today


@books.route("/entries/new", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def new_entry() -> ResponseReturnValue:
    """An accountant's own entry: typed, shown once more, then validated."""
    form = EntryForm(data={"on": today(), "piece_on": today()} if request.method == "GET" else {})
    if request.form.get("more"):
        form.lines.append_entry()
        return render_template("accounting/entries/new.html", form=form)
    if not form.validate_on_submit() or request.form.get("change"):
        page = render_template("accounting/entries/new.html", form=form)
        return page, 422 if form.errors else 200
    if not request.form.get("confirmed"):
        return _confirmation(form)
    try:
        entry = services.write_entry(form.order, by=current_user.id)
    except EntryError as refusal:
        form.form_errors.append(str(refusal))
        return render_template("accounting/entries/new.html", form=form), 422
    flash(_("Entry %(number)s is validated.", number=entry.number), "success")
    return redirect(url_for(".entry", number=entry.number), 303)


def _confirmation(form: EntryForm) -> ResponseReturnValue:
    draft = form.order.draft
    return render_template(
        "accounting/entries/confirm.html",
        form=form,
        total=draft.total,
        lines=named_lines(draft.lines, draft.on),
        late=services.first_day_for(draft.on),
        donors=donors_named_in(f"{draft.label} {draft.piece_ref}"),
    )


@books.get("/entries/<number>")
@needs(Role.ACCOUNTANT)
def entry(number: str) -> ResponseReturnValue:
    """One entry with its lines, and the fact behind it."""
    found = _found(number)
    written = services.manual_entry(number)
    return render_template(
        "accounting/entries/show.html",
        entry=found,
        lines=named_lines(found.lines, found.date),
        facts=facts_behind(found),
        written=written,
        undone_by=services.reversal_of(written) if written else None,
        names=names_of_accounts({written.made_by}) if written else {},
    )


@books.route("/entries/<number>/reverse", methods=["GET", "POST"])
@needs(Role.ACCOUNTANT, fresh=True)
def reverse_entry(number: str) -> ResponseReturnValue:
    """Undo an entry a person wrote."""
    found = _found(number)
    written = services.manual_entry(number)
    if written is None or written.reverses_id is not None or services.reversal_of(written):
        abort(404)
    form = ReverseForm()
    if form.validate_on_submit():
        try:
            undone = services.reverse_entry(
                number,
                reason=form.reason.data or "",
                on=today(),
                form_token=str(form.form_token.data),
                by=current_user.id,
            )
        except services.NotReversible:
            flash(_("This entry was undone meanwhile."), "warning")
        else:
            flash(_("Entry %(number)s undoes it.", number=undone.number), "success")
        return redirect(url_for(".entry", number=number), 303)
    moved = Money(sum(line.debit_minor for line in found.lines))
    page = render_template("accounting/entries/reverse.html", entry=found, form=form, moved=moved)
    return page, 422 if form.errors else 200


def _found(number: str) -> Entry:
    return entry_by_number(number) or abort(404)
