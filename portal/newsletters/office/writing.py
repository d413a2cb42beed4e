"""Writing an issue and its stories."""

from __future__ import annotations

import uuid
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.core.clock import paris_date
from portal.core.i18n import in_language, language
from portal.core.roles import Role
from portal.core.web.audience import needs
from portal.core.web.forms import clock_now
from portal.core.web.lists import ListSpec, list_page
from portal.newsletters.forms import IssueForm, StoryForm
from portal.newsletters.models import Issue, IssueState, Story
from portal.newsletters.office import blueprint, found
from portal.newsletters.queries.content import SCOPE
from portal.newsletters.queries.issues import all_issues, progress_of
from portal.newsletters.queries.problems import problems_of
from portal.newsletters.services import drafting
from portal.programmes.figures import computed
from portal.programmes.models import Photo
from portal.programmes.photos.queries import photos_that_may_be_shown


def _today() -> date:
    return paris_date(clock_now())


@blueprint.get("")
@needs(Role.EDITOR)
def index() -> ResponseReturnValue:
    """All issues, drafts first."""
    page = list_page(ListSpec(name="newsletters", columns=()), all_issues())
    progress = {issue.id: progress_of(issue) for issue in page.rows}
    return render_template("newsletters/office/index.html", page=page, progress=progress)


def _issue_page(form: IssueForm, issue: Issue | None, status: int = 200) -> ResponseReturnValue:
    as_of = form.as_of.data or _today()
    with in_language(form.language.data or "fr"):
        form.offer(computed(as_of))
    return render_template("newsletters/office/edit.html", form=form, issue=issue), status


@blueprint.get("/new")
@needs(Role.EDITOR)
def new() -> ResponseReturnValue:
    """An empty issue, figures as of today."""
    return _issue_page(IssueForm(as_of=_today(), language=language()), None)


def _filled() -> IssueForm:
    form = IssueForm()
    form.offer(computed(form.as_of.data or _today()))
    return form


@blueprint.post("/new")
@needs(Role.EDITOR)
def open_issue() -> ResponseReturnValue:
    """Keep the new draft."""
    form = _filled()
    if not form.validate_on_submit():
        return _issue_page(form, None, 422)
    issue = drafting.open_issue(form.told(), by=current_user.id)
    flash(_("The draft is kept. Now add its stories."), "success")
    return redirect(url_for(".show", issue=issue.public_id))


@blueprint.get("/<uuid:issue>")
@needs(Role.EDITOR)
def show(issue: uuid.UUID) -> ResponseReturnValue:
    """The issue: what it holds, what stands in the way, what can be done."""
    shown = found(issue)
    return render_template(
        "newsletters/office/show.html",
        issue=shown,
        is_draft=shown.state is IssueState.DRAFT,
        problems=problems_of(shown, _today()) if shown.state is IssueState.DRAFT else [],
        progress=progress_of(shown),
    )


@blueprint.get("/<uuid:issue>/edit")
@needs(Role.EDITOR)
def edit(issue: uuid.UUID) -> ResponseReturnValue:
    """The draft's title, letter and figures."""
    shown = _draft(issue)
    return _issue_page(IssueForm.of(shown), shown)


@blueprint.post("/<uuid:issue>/edit")
@needs(Role.EDITOR)
def rewrite(issue: uuid.UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    shown, form = _draft(issue), _filled()
    if not form.validate_on_submit():
        return _issue_page(form, shown, 422)
    drafting.rewrite_issue(shown.id, form.told(), by=current_user.id)
    flash(_("Saved."), "success")
    return redirect(url_for(".show", issue=issue))


@blueprint.post("/<uuid:issue>/other-language")
@needs(Role.EDITOR)
def other_language(issue: uuid.UUID) -> ResponseReturnValue:
    """A draft of the other language's edition."""
    copy = drafting.open_other_language(found(issue).id, by=current_user.id)
    flash(_("Here is the other edition, with the same photos and figures. Translate its text."))
    return redirect(url_for(".show", issue=copy.public_id))


@blueprint.route("/<uuid:issue>/remove", methods=["GET", "POST"])
@needs(Role.EDITOR)
def remove(issue: uuid.UUID) -> ResponseReturnValue:
    """Throw a draft away, after a question."""
    shown = _draft(issue)
    if request.method == "GET":
        return render_template("newsletters/office/remove.html", issue=shown)
    drafting.remove_issue(shown.id, by=current_user.id)
    flash(_("The draft was thrown away."), "success")
    return redirect(url_for(".index"))


def _draft(issue: uuid.UUID) -> Issue:
    shown = found(issue)
    if shown.state is not IssueState.DRAFT:
        raise drafting.NotADraft
    return shown


def _story(issue: Issue, story: uuid.UUID) -> Story:
    return next((s for s in issue.stories if s.public_id == story), None) or abort(404)


def _story_form(form: StoryForm, issue: Issue, kept: Photo | None = None) -> StoryForm:
    """The form with the photos that may be shown today, and the one already chosen."""
    photos = photos_that_may_be_shown(SCOPE, _today())
    if kept is not None and kept not in photos:
        photos.insert(0, kept)
    form.offer(photos, issue.language)
    return form


def _story_page(
    form: StoryForm, issue: Issue, story: Story | None, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "newsletters/office/story.html", form=form, issue=issue, story=story
    ), status


@blueprint.get("/<uuid:issue>/stories/new")
@needs(Role.EDITOR)
def new_story(issue: uuid.UUID) -> ResponseReturnValue:
    """An empty story."""
    shown = _draft(issue)
    return _story_page(_story_form(StoryForm(), shown), shown, None)


@blueprint.post("/<uuid:issue>/stories/new")
@needs(Role.EDITOR)
def add_story(issue: uuid.UUID) -> ResponseReturnValue:
    """Keep the new story."""
    shown = _draft(issue)
    form = _story_form(StoryForm(), shown)
    if form.validate_on_submit() and _written(form, shown, None):
        return redirect(url_for(".show", issue=issue))
    return _story_page(form, shown, None, 422)


@blueprint.get("/<uuid:issue>/stories/<uuid:story>")
@needs(Role.EDITOR)
def edit_story(issue: uuid.UUID, story: uuid.UUID) -> ResponseReturnValue:
    """The story as it stands."""
    shown = _draft(issue)
    told = _story(shown, story)
    return _story_page(_story_form(StoryForm.of(told), shown, told.photo), shown, told)


@blueprint.post("/<uuid:issue>/stories/<uuid:story>")
@needs(Role.EDITOR)
def rewrite_story(issue: uuid.UUID, story: uuid.UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    shown = _draft(issue)
    told = _story(shown, story)
    form = _story_form(StoryForm(), shown, told.photo)
    if form.validate_on_submit() and _written(form, shown, told):
        return redirect(url_for(".show", issue=issue))
    return _story_page(form, shown, told, 422)


def _written(form: StoryForm, issue: Issue, story: Story | None) -> bool:
    try:
        if story is None:
            drafting.add_story(issue.id, form.told(), by=current_user.id)
        else:
            drafting.rewrite_story(issue.id, story.id, form.told(), by=current_user.id)
    except drafting.UnknownChild:
        form.child_ref.errors = [_("No child has this reference.")]
        return False
    flash(_("The story is kept."), "success")
    return True


@blueprint.post("/<uuid:issue>/stories/<uuid:story>/move")
@needs(Role.EDITOR)
def move_story(issue: uuid.UUID, story: uuid.UUID) -> ResponseReturnValue:
    """Up or down by one."""
    shown = _draft(issue)
    up = request.form.get("to") == "up"
    drafting.move_story(shown.id, _story(shown, story).id, up=up, by=current_user.id)
    return redirect(url_for(".show", issue=issue))


@blueprint.post("/<uuid:issue>/stories/<uuid:story>/remove")
@needs(Role.EDITOR)
def remove_story(issue: uuid.UUID, story: uuid.UUID) -> ResponseReturnValue:
    """Take it out."""
    shown = _draft(issue)
    drafting.remove_story(shown.id, _story(shown, story).id, by=current_user.id)
    flash(_("The story was taken out."), "success")
    return redirect(url_for(".show", issue=issue))
