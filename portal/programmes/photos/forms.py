"""The form for a new photo."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from portal.core.clock import paris_date
from portal.core.i18n_markers import N_
from portal.core.web.forms import Form, clock_now, required
from portal.programmes.photos.services import PhotoDetails


class PhotoForm(Form):
    """A picture, whom it shows, and words for those who do not see it."""

    file = FileField(lazy_gettext("The photo"))
    shows = RadioField(
        lazy_gettext("Whom does it show?"),
        choices=[
            SelectChoice("child", lazy_gettext("A child, who can be recognised")),
            SelectChoice(
                "nobody",
                lazy_gettext("Nobody who can be recognised: a place, hands, a group from behind"),
            ),
        ],
        validators=[required(N_("Say whether the photo shows a child."))],
    )
    child_ref = StringField(lazy_gettext("Reference of the child"), [Length(max=40)])
    alt_fr = StringField(
        lazy_gettext("Description in French"),
        [required(N_("Describe the photo in French.")), Length(max=300)],
    )
    alt_en = StringField(
        lazy_gettext("Description in English"),
        [required(N_("Describe the photo in English.")), Length(max=300)],
    )
    taken_on = DateField(lazy_gettext("Taken on"), [Optional()])

    def validate_file(self, field: FileField) -> None:
        """A file must have been chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a photo."))

    def validate_child_ref(self, field: StringField) -> None:
        """A photo that shows a child is bound to that child's consent."""
        if self.shows.data == "child" and not field.data:
            raise ValidationError(_("Write the reference of the child the photo shows."))

    def validate_taken_on(self, field: DateField) -> None:
        """Not in the future."""
        if field.data and field.data > paris_date(clock_now()):
            raise ValidationError(_("This day has not come yet."))

    def details(self) -> PhotoDetails:
        """What is told with the photo."""
        return PhotoDetails(
            alt_fr=self.alt_fr.data or "",
            alt_en=self.alt_en.data or "",
            child_ref=(self.child_ref.data or "") if self.shows.data == "child" else "",
            taken_on=self.taken_on.data,
        )
