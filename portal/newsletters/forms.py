"""What editors write."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.fields import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.accounts.codes import Language
from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, required
from portal.newsletters.models import Issue, Story
from portal.newsletters.services.drafting import IssueText, StoryText
from portal.programmes.figures import FigureValue
from portal.programmes.models import Photo


def tidy(written: str | None) -> str | None:
    """Text of several lines, without what browsers and fingers add at its ends."""
    return written.replace("\r\n", "\n").strip() if written else written


class Checkboxes(SelectMultipleField):
    """Several of a list, one checkbox each."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class IssueForm(Form):
    """The head of an issue."""

    language = RadioField(
        lazy_gettext("Language"),
        choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")],
        validators=[required(N_("Choose the language."))],
    )
    title = StringField(
        lazy_gettext("Title"), [required(N_("Give the issue a title.")), Length(max=150)]
    )
    letter = TextAreaField(
        lazy_gettext("Letter"),
        [required(N_("Write the letter.")), Length(max=12_000)],
        filters=[tidy],
    )
    signed_by = StringField(lazy_gettext("Signed by"), [Length(max=150)])
    as_of = DateField(
        lazy_gettext("Figures as of"),
        [InputRequired(lazy_gettext("Choose the day the figures speak of."))],
    )
    figures = Checkboxes(lazy_gettext("Figures to tell"))

    def offer(self, values: Sequence[FigureValue]) -> None:
        """Let the editor choose among these figures, each with the value readers would see."""
        self.figures.choices = [
            SelectChoice(
                found.figure.code,
                _("%(label)s: %(value)s", label=found.label, value=found.published),
            )
            for found in values
        ]

    def told(self) -> IssueText:
        """What was written."""
        return IssueText(
            language=Language(self.language.data),
            title=self.title.data,
            letter=self.letter.data,
            signed_by=self.signed_by.data or "",
            as_of=self.as_of.data,
            figures=tuple(self.figures.data or ()),
        )

    @staticmethod
    def of(issue: Issue) -> IssueForm:
        """The form as the draft stands."""
        return IssueForm(
            language=str(issue.language),
            title=issue.title,
            letter=issue.letter,
            signed_by=issue.signed_by,
            as_of=issue.as_of,
            figures=list(issue.figures),
        )


class StoryForm(Form):
    """A story."""

    title = StringField(
        lazy_gettext("Title"), [required(N_("Give the story a title.")), Length(max=150)]
    )
    text = TextAreaField(
        lazy_gettext("Text"), [required(N_("Write the story.")), Length(max=8_000)], filters=[tidy]
    )
    child_ref = StringField(lazy_gettext("Reference of the child it tells about"), [Length(max=40)])
    photo = RadioField(lazy_gettext("Photo"), validate_choice=True)

    def offer(self, photos: Sequence[Photo], language: Language) -> None:
        """Let the editor choose among these photos, or none."""
        self.photo.choices = [SelectChoice("", _("No photo"))] + [
            SelectChoice(
                str(photo.public_id), photo.alt_fr if language is Language.FR else photo.alt_en
            )
            for photo in photos
        ]
        if self.photo.data is None:
            self.photo.data = ""

    def told(self) -> StoryText:
        """What was written."""
        return StoryText(
            title=self.title.data,
            text=self.text.data,
            photo=self.photo.data or "",
            child_ref=self.child_ref.data or "",
        )

    @staticmethod
    def of(story: Story) -> StoryForm:
        """The form as the story stands."""
        return StoryForm(
            title=story.title,
            text=story.text,
            child_ref=story.child.ref if story.child else "",
            photo=str(story.photo.public_id) if story.photo else "",
        )
