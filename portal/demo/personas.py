"""Those as whom a newcomer may look at the demonstration, one click each."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.i18n_markers import N_
from portal.core.roles import Role


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody of the demonstration. ``start`` is the endpoint where they begin."""

    code: str
    email: str
    name: str
    roles: tuple[Role, ...]
    label: str
    text: str
    start: str

    @property
    def of_the_office(self) -> bool:
        return bool(self.roles)


PERSONAS = (
    Persona(
        "sponsor", "sponsor@example.org", "", (), N_("A sponsor"),
        N_("Follows a child, finds her gifts, receipts and news."), "me.home",
    ),
    Persona(
        "waiting", "waiting@example.org", "", (), N_("A sponsor who waits"),
        N_("Has not been matched with a child yet."), "me.home",
    ),
    Persona(
        "matcher", "matcher@example.org", "Mathilde (parrainages)", (Role.MATCHER,),
        N_("The sponsorship desk"), N_("Matches sponsors and children."), "office.today",
    ),
    Persona(
        "accountant", "accountant@example.org", "Armand (comptabilité)", (Role.ACCOUNTANT,),
        N_("The accountant"), N_("Issues receipts, exports the books."), "office.today",
    ),
    Persona(
        "editor", "editor@example.org", "Édith (communication)", (Role.EDITOR,),
        N_("The editor"), N_("Approves news, writes newsletters."), "office.today",
    ),
    Persona(
        "field_officer", "field@example.org", "Félix (terrain)", (Role.FIELD_OFFICER,),
        N_("The field officer"), N_("Brings the field teams’ records in."), "office.today",
    ),
    Persona(
        "administrator", "admin@example.org", "Adèle (administration)", (Role.ADMINISTRATOR,),
        N_("The administrator"), N_("May do everything."), "office.today",
    ),
)  # fmt: skip


def persona(code: str) -> Persona | None:
    """The persona of that code, or None."""
    return next((one for one in PERSONAS if one.code == code), None)
