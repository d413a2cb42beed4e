"""Where a plan is changed: the sponsor's own pages, the head office on her behalf, a mail's link.

The pages are the same; a `Desk` says who acts, in which frame, and where it leads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.donations import services
from portal.donations.forms.plans import OnceForm
from portal.donations.models import OrderKind, Plan, ProviderOrder
from portal.donations.plan_wording import change_words, plan_price, problem_words
from portal.donations.services.orders import Asker

SAID_BELOW = (OrderKind.PAUSE, OrderKind.STOP)
"""What the plan's own page explains at once, below the message."""

OUT_OF_ORDER = frozenset({"not_in_effect", "conflict"})
"""Nobody said no: the provider or we ourselves did not do what was asked."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who changes which plan.

    ``to`` gives the address of another act's page, None for one that is not to be had here.
    """

    plan: Plan
    layout: str
    by: Asker
    home: str
    to: Callable[[str], str | None] = lambda _name: None
    on_behalf: bool = False

    def page(self, name: str, form: OnceForm, **more: object) -> str:
        """One of the pages of acts."""
        return render_template(
            f"donations/plan/{name}.html",
            desk=self,
            plan=self.plan,
            price=plan_price(self.plan),
            form=form,
            failures=services.open_failures(self.plan.id),
            **more,
        )


def shown(desk: Desk, name: str, form: OnceForm, **more: object) -> ResponseReturnValue:
    page = desk.page(name, form, **more)
    return (page, 422) if form.errors else page


def answer(
    desk: Desk, name: str, form: OnceForm, order: ProviderOrder, **more: object
) -> ResponseReturnValue:
    """Done is said only of an order that is."""
    if order.done:
        flash(_done(desk, order), "success")
        return redirect(desk.home, 303)
    if order.waits:
        flash(
            _(
                "Our payment provider does not answer just now. Your wish is written down and is"
                " carried out by itself as soon as it does; an e-mail then confirms it."
            ),
            "info",
        )
        return redirect(desk.home, 303)
    return _refused(desk, name, form, order, **more)


def _refused(
    desk: Desk, name: str, form: OnceForm, order: ProviderOrder, **more: object
) -> ResponseReturnValue:
    """The provider or the bank said no: why, and what else can be done."""
    form.new_act()
    why = problem_words(order.problem)
    if order.kind is not OrderKind.PAY:  # its page says what the bank said, and what helps
        form.form_errors.append(_("Nothing was changed. %(why)s", why=why))
    status = 503 if order.problem in OUT_OF_ORDER else 422
    return desk.page(name, form, refused=why, **more), status


def no_answer(desk: Desk, name: str, form: OnceForm, **more: object) -> ResponseReturnValue:
    """The provider does not answer: nothing was changed, the same page again."""
    form.new_act()
    form.form_errors.append(
        _("Our payment provider does not answer just now; nothing was changed. Please try again.")
    )
    return desk.page(name, form, **more), 503


def _done(desk: Desk, order: ProviderOrder) -> str:
    if desk.on_behalf:
        return str(_("Done: Stripe confirms it. The sponsor is told by e-mail who changed what."))
    words = change_words(order, desk.plan)
    if words is not None and order.kind in SAID_BELOW:
        return f"{words.title}."
    if words is not None:
        return f"{words.title}. {words.text}"
    if order.kind == "pay":
        if order.after.get("processing"):
            return str(_("Your bank is at work: a direct debit takes about five working days."))
        return str(_("Thank you: the payment came through. Everything is in good order again."))
    return str(_("It is stopped: no further debit will be taken. Thank you for all you gave."))


def elsewhere(desk: Desk) -> ResponseReturnValue:
    flash(_("This is not possible at the moment: see below how things stand."), "info")
    return redirect(desk.home, 303)
