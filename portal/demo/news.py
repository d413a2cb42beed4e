"""The newsletters of the demonstration: one that went out, one in preparation."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.codes import Language
from portal.core.clock import paris_date
from portal.newsletters.services.drafting import IssueText, StoryText, add_story, open_issue
from portal.newsletters.tasks import send

FIGURES = (
    "children.in_care", "children.employed", "flip.parents_trained", "flip.parents_employed",
    "flip.businesses_started", "flip.schools_renovated",
)  # fmt: skip

LETTRE = """Chers parrains, chères marraines,

La rentrée de novembre est passée : les cartables sont prêts, les uniformes aussi. Dans nos centres, les plus petits ont retrouvé la maternelle, et les plus grands leurs ateliers.

Rien de tout cela n’existerait sans votre fidélité. Les chiffres que vous lirez plus bas viennent tout droit des registres de nos équipes.

Merci, du fond du cœur."""

LETTER = """Dear sponsors,

School began again in November: the bags are packed, the uniforms are ready. In our centres the youngest are back in preschool and the oldest in their workshops.

None of this would be there without you. The figures below come straight from the records of our teams.

Thank you, with all our heart."""


def write_newsletters(by: int, now: datetime) -> None:
    """A French issue that was sent, an English one that waits for its editor."""
    as_of = paris_date(now)
    sent = open_issue(
        IssueText(
            language=Language.FR,
            title="La rentrée, grâce à vous",
            letter=LETTRE,
            signed_by="L’équipe de Pour un Sourire d’Enfant",
            as_of=as_of,
            figures=FIGURES,
        ),
        by=by,
    )
    add_story(
        sent.id,
        StoryText(
            title="Un repas, et l’école",
            text="Chaque midi, la cantine sert un repas chaud à chaque enfant accueilli. C’est souvent lui"
            " qui décide une famille à laisser son enfant étudier plutôt que travailler.",
        ),
        by=by,
    )
    add_story(
        sent.id,
        StoryText(
            title="Apprendre un métier",
            text="Couture, mécanique, hôtellerie, audiovisuel : à dix-sept ans, on choisit une formation"
            " construite avec les entreprises qui recrutent.",
        ),
        by=by,
    )
    send(sent.id, by=by, at=now)
    open_issue(
        IssueText(
            language=Language.EN,
            title="Back to school, thanks to you",
            letter=LETTER,
            signed_by="The team of Pour un Sourire d’Enfant",
            as_of=as_of,
            figures=FIGURES,
        ),
        by=by,
    )
