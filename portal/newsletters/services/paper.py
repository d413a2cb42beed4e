"""An issue as a PDF."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from portal.core import documents, i18n, pdf
from portal.core.clock import paris_date
from portal.newsletters.models import Issue
from portal.newsletters.queries.content import as_written, content_of
from portal.newsletters.rules.content import IssueContent
from portal.newsletters.rules.prose import line, prose

STYLES = "newsletters/newsletter.css"


def printed(issue: Issue, content: IssueContent, at: datetime) -> bytes:
    """The PDF of that content; the same input gives the same bytes."""
    images = {
        f"photo-{story.photo.public_id}": documents.read(story.photo.document)
        for story in issue.stories
        if story.photo
    }
    shown = {f"photo-{told.photo.id}" for told in content.stories if told.photo}
    settings = current_app.extensions["settings"]
    with i18n.in_language(content.language):
        template = current_app.jinja_env.get_template("newsletters/pdf/newsletter.html")
        html = template.render(
            issue=content,
            issued_on=paris_date(at),
            prose=prose,
            line=line,
            organisation=settings.organisation,
            public_url=settings.public_url,
        )
    return pdf.render(
        html,
        title=content.title,
        language=content.language,
        author=settings.organisation.name,
        created_at=at,
        stylesheet=STYLES,
        images={key: picture for key, picture in images.items() if key in shown},
    )


def paper_of(issue: Issue, at: datetime) -> bytes:
    """The issue as it may be read today.

    What was sent is the stored document, byte for byte, as long as every story and photo of it may
    be shown; once a consent is withdrawn, the same issue without what it covered.
    """
    content = content_of(issue, paris_date(at))
    if issue.document is not None and content == as_written(issue):
        return documents.read(issue.document)
    return printed(issue, content, issue.sent_at or at)


def filename_of(issue: Issue) -> str:
    """A name for the file that says which issue it is."""
    return f"sourire-{issue.as_of.isoformat()}-{issue.language}.pdf"
