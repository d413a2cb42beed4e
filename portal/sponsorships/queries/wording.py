"""Reasons, refusals and states in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.core import i18n
from portal.core.i18n_markers import N_
from portal.core.roles import Role
from portal.programmes.queries.wording import say
from portal.programmes.rules.labels import PROGRAMMES, SEXES, SITES
from portal.programmes.rules.sentences import Sentence
from portal.sponsorships.models import EndReason, SponsorshipState, Wish
from portal.sponsorships.rules import errors
from portal.sponsorships.rules.matching import Match

STATES = {SponsorshipState.ACTIVE: N_("Active"), SponsorshipState.ENDED: N_("Ended")}
END_REASONS = {
    EndReason.CHILD_LEFT: N_("The child left the programme"),
    EndReason.SPONSOR_STOPPED: N_("The sponsor stopped"),
    EndReason.OFFICE: N_("Decided by the office"),
}
CONCERNS = {
    "left": N_("The child is no longer in care: tell the sponsor with care, then end it here."),
    "consent": N_("The family's consent is not in force: the sponsor's page is closed for now."),
    "plan": N_("The sponsor's regular gift has ended: ask her, then end it here."),
}
ROLES = {
    Role.MATCHER: N_("matching"),
    Role.FIELD_OFFICER: N_("the field team"),
    Role.EDITOR: N_("the editors"),
    Role.ACCOUNTANT: N_("accounting"),
    Role.ADMINISTRATOR: N_("the administration"),
}
_REFUSALS: dict[type[errors.SponsorshipError], str] = {
    errors.WishHasChild: N_("A child is promised to this sponsor already. Nothing was changed."),
    errors.WishNotWaiting: N_("This sponsor no longer waits for a child. Nothing was changed."),
    errors.ChildNotAvailable: N_(
        "This child can no longer be promised: not in care, not sponsorable, or the family's"
        " consent is not in force. Nothing was changed."
    ),
    errors.HoldOver: N_(
        "This hold is over: it lapsed, or somebody released or accepted it. Nothing was changed."
    ),
    errors.NoMoreExtensions: N_(
        "This hold was extended twice already. Accept it or let the child go."
    ),
    errors.UnknownPair: N_("The proposal names a sponsor or a child that is not known here."),
    errors.SponsorshipOver: N_("This sponsorship has ended already."),
}


def words_of_refusal(error: errors.SponsorshipError) -> str:
    """Why nothing was done, for the person who clicked."""
    if isinstance(error, errors.AlreadyPromised):
        return _of_promise(error)
    return str(_(_REFUSALS[type(error)]))


def _of_promise(error: errors.AlreadyPromised) -> str:
    if error.sponsored:
        return str(
            _("Somebody was faster: this child has a sponsor already. Choose another child.")
        )
    by = _(ROLES[Role(error.by)]) if error.by else _("a colleague")
    return str(
        _(
            "Somebody was faster: this child is held for another sponsor (%(by)s) until"
            " %(until)s. Choose another child.",
            by=by,
            until=i18n.day(error.until),
        )
    )


def words_of_match(match: Match) -> list[tuple[str, bool]]:
    """The reasons of a pair, each with whether it speaks for it."""
    return [(say(reason.sentence), reason.met) for reason in match.reasons]


def words_of_wish(wish: Wish) -> str:
    """``Girl · 6 to 9 years · Phnom Penh``, or that any child is welcome."""
    parts = [
        _(SEXES[wish.sex]) if wish.sex else "",
        _ages(wish),
        _(PROGRAMMES[wish.programme]) if wish.programme else "",
        say(Sentence(SITES[wish.site])) if wish.site else "",
    ]
    return " · ".join(part for part in parts if part) or _("Any child")


def _ages(wish: Wish) -> str:
    if wish.age_min is not None and wish.age_max is not None:
        return str(_("%(least)s to %(most)s years", least=wish.age_min, most=wish.age_max))
    if wish.age_min is not None:
        return str(_("%(least)s years or older", least=wish.age_min))
    if wish.age_max is not None:
        return str(_("%(most)s years or younger", most=wish.age_max))
    return ""
