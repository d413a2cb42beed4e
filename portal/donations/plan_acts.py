"""What is done with a plan, one page an act: the amount, the day, a pause, the end, a card, a debit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import i18n
from portal.donations import services
from portal.donations.forms.plans import (
    DayForm,
    MethodForm,
    OnceForm,
    PauseForm,
    StopForm,
    amount_form,
)
from portal.donations.gateway import GatewayError
from portal.donations.models import DebitFailure, PlanState
from portal.donations.plan_desk import Desk, answer, elsewhere, no_answer, shown
from portal.donations.rules.plan_dates import DEBIT_DAYS, moved_debit
from portal.donations.services.provider import today


def act(desk: Desk, name: str) -> ResponseReturnValue:
    """The page of one act, and what it does when it is sent."""
    if desk.plan.state not in services.RUNNING:
        return elsewhere(desk)
    try:
        return _ACTS[name](desk)
    except (services.NotNow, services.PlanNotRunning):
        return elsewhere(desk)
    except services.OrderConflict:
        flash(
            _("This form was sent before with another content: nothing was changed. Begin again."),
            "danger",
        )
    except services.LinkOver:
        flash(_("This link was used already."), "info")
    return redirect(desk.home, 303)


def amount(desk: Desk) -> ResponseReturnValue:
    """Another amount from the next debit on."""
    form = amount_form(desk.plan)
    if desk.plan.cancels_on is not None:
        raise services.NotNow
    if not form.validate_on_submit():
        return shown(desk, "amount", form)
    wanted = form["amount"].data
    if wanted == desk.plan.amount:
        form["amount"].errors = [_("This is the amount you give already.")]
        return shown(desk, "amount", form)
    order = services.change_plan_amount(desk.plan.id, wanted, form_token=_token(form), by=desk.by)
    return answer(desk, "amount", form, order)


def day(desk: Desk) -> ResponseReturnValue:
    """Another day for the debits."""
    plan = desk.plan
    if plan.state is not PlanState.ACTIVE or plan.cancels_on or plan.next_debit_on is None:
        raise services.NotNow
    moved = [(each, moved_debit(plan.next_debit_on, each, today())) for each in DEBIT_DAYS]
    form = DayForm(
        [
            (each, _("%(number)s – next debit on %(day)s", number=each, day=i18n.day(on)))
            for each, on in moved
            if on != plan.next_debit_on
        ],
        None,
    )
    if not form.validate_on_submit():
        return shown(desk, "day", form)
    order = services.change_debit_day(plan.id, form.day.data, form_token=_token(form), by=desk.by)
    return answer(desk, "day", form, order)


def pause(desk: Desk) -> ResponseReturnValue:
    """Nothing taken for one to six months."""
    if desk.plan.state is PlanState.PAUSED or desk.plan.cancels_on is not None:
        raise services.NotNow
    choices = services.pauses_of(desk.plan)
    form = PauseForm(
        [
            (
                each.months,
                str(ngettext("%(num)s month", "%(num)s months", each.months)),
            )
            for each in choices
        ]
    )
    hints = {
        each.months: _("Next debit on %(day)s", day=i18n.day(each.next_debit_on))
        for each in choices
    }
    if not choices or not form.validate_on_submit():
        return shown(desk, "pause", form, choices=choices, hints=hints)
    order = services.pause_plan(desk.plan.id, form.months.data, form_token=_token(form), by=desk.by)
    return answer(desk, "pause", form, order, choices=choices, hints=hints)


def resume(desk: Desk) -> ResponseReturnValue:
    """The pause ends now."""
    form = OnceForm()
    if desk.plan.state is not PlanState.PAUSED:
        raise services.NotNow
    if not form.validate_on_submit():
        return shown(desk, "resume", form)
    return answer(
        desk,
        "resume",
        form,
        services.resume_plan(desk.plan.id, form_token=_token(form), by=desk.by),
    )


def keep(desk: Desk) -> ResponseReturnValue:
    """The stop is taken back."""
    form = OnceForm()
    if desk.plan.cancels_on is None:
        raise services.NotNow
    if not form.validate_on_submit():
        return shown(desk, "keep", form)
    return answer(
        desk, "keep", form, services.keep_plan(desk.plan.id, form_token=_token(form), by=desk.by)
    )


def stop(desk: Desk) -> ResponseReturnValue:
    """No further debit: a page that says what happens, and one button."""
    form = StopForm()
    if desk.plan.cancels_on is not None:
        raise services.NotNow
    more: dict[str, object] = {
        "last_day": services.last_day(desk.plan),
        "today": today(),
        "may_pause": bool(services.pauses_of(desk.plan)),
    }
    if not form.validate_on_submit():
        return shown(desk, "stop", form, **more)
    order = services.stop_plan(
        desk.plan.id, reason=form.reason.data or "", form_token=_token(form), by=desk.by
    )
    return answer(desk, "stop", form, order, **more)


def pay(desk: Desk) -> ResponseReturnValue:
    """An open debit is tried again now."""
    form = OnceForm()
    if not services.open_failures(desk.plan.id):
        raise services.NotNow
    if not form.validate_on_submit():
        return shown(desk, "pay", form)
    return answer(
        desk,
        "pay",
        form,
        services.pay_open_debit(desk.plan.id, form_token=_token(form), by=desk.by),
    )


def method(desk: Desk) -> ResponseReturnValue:
    """Another card or IBAN, on a page of the provider's."""
    failures = services.open_failures(desk.plan.id)
    form = MethodForm(*_collect_words(failures), asks=bool(failures))
    known = services.method_in_use(desk.plan.id)
    if not form.validate_on_submit():
        return shown(desk, "method", form, method=known)
    try:
        order = services.begin_method_update(
            desk.plan.id,
            collect=form.collects,
            form_token=_token(form),
            by=desk.by,
            language=i18n.language(),
        )
    except GatewayError:
        return no_answer(desk, "method", form, method=known)
    if order.done:
        return redirect(str(order.after["url"]), 303)
    return no_answer(desk, "method", form, method=known)


_ACTS: dict[str, Callable[[Desk], ResponseReturnValue]] = {
    "amount": amount,
    "day": day,
    "pause": pause,
    "resume": resume,
    "keep": keep,
    "stop": stop,
    "pay": pay,
    "method": method,
}


def _collect_words(failures: Sequence[DebitFailure]) -> tuple[str, str]:
    if not failures:
        return "", ""
    first = failures[0]
    said = {"amount": i18n.money(first.amount, whole=True), "day": i18n.day(first.due_on)}
    return (
        _("Take the %(amount)s of %(day)s now, with the new card or IBAN", **said),
        _("Leave the %(amount)s of %(day)s: only future debits are taken", **said),
    )


def _token(form: OnceForm) -> str:
    return str(form.form_token.data)
