"""An export is asked for, made, kept, and handed out again: the same bytes, or an error that says so."""

from __future__ import annotations

import hashlib
import io
import tempfile
import uuid
from collections.abc import Mapping
from typing import IO, Any, Final

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal.core import audit, documents
from portal.core.db import db, transaction, violated
from portal.core.exports.kinds import ExportKind, ExportRefused, Progress, UnknownKind, kind_of
from portal.core.exports.models import Export, ExportState
from portal.core.exports.writing import file_of, write

STORED: Final = "export"
_IN_MEMORY: Final = 8 * 1024 * 1024
_PIECE: Final = 1024 * 1024


class NotTheSameBytes(Exception):
    """Made again, the file is not what it was: papers or entries behind it changed since."""


class NotMade(Exception):
    """The export is not made (yet)."""


def ask(
    kind: ExportKind, year: int, file_format: str, *, by: int | None, token: str | None
) -> Export:
    """A new export that waits to be made; the one that exists when the form was sent twice,
    also when both arrive at once.

    :raises UnknownKind: when the kind is not written in that format.
    """
    kind_of(kind.code, file_format)
    with transaction() as session:
        known = _by_token(token)
        if known is not None:
            return known
        export = Export(
            kind=kind.code,
            year=year,
            format=file_format,
            parameters={"kind": kind.code, "year": year, "format": file_format},
            asked_by=by,
            form_token=token,
        )
        try:
            with session.begin_nested():
                session.add(export)
                session.flush()
        except IntegrityError as error:
            known = _by_token(token)
            if violated(error) != "uq_export_form_token" or known is None:
                raise
            return known
    return export


def _by_token(token: str | None) -> Export | None:
    wanted = sa.select(Export).where(Export.form_token == token)
    return db.session.scalar(wanted) if token else None


def make(export_id: int, *, told: Progress | None = None) -> Export:
    """Make an export that waits. Twice does no harm: one that is made stays as it is.

    What cannot be made is kept as failed, with its reasons. ``told`` hears of the progress.
    """
    with transaction() as session:
        export = session.get_one(Export, export_id, with_for_update=True)
        if export.state in (ExportState.MADE, ExportState.FAILED):
            return export
        export.state = ExportState.MAKING
        kind, year, file_format = kind_of(export.kind), export.year, export.format
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as target:
        try:
            contents = write(kind, year, file_format, target, told or _quietly)
        except ExportRefused as refusal:
            return _fail(export_id, " ".join(refusal.reasons))
        return _keep(export_id, kind, contents, target)


def make_at_once(export_id: int) -> Export:
    """As :func:`make`, for whoever waits for it: nobody tries again, so what breaks off has failed.

    Raises what broke it off.
    """
    try:
        return make(export_id)
    except Exception:
        db.session.rollback()
        _fail(export_id, _("Making it broke off. Ask for it once more."))
        raise


def _quietly(_done: int, _total: int) -> None:
    return None


def _fail(export_id: int, problem: str) -> Export:
    with transaction() as session:
        export = session.get_one(Export, export_id, with_for_update=True)
        if export.state is ExportState.MAKING:
            export.state, export.problem = ExportState.FAILED, problem or "?"
    return export


def _keep(export_id: int, kind: ExportKind, contents: list[Any], target: IO[bytes]) -> Export:
    sha256, size = _measured(target)
    with transaction() as session:
        export = session.get_one(Export, export_id, with_for_update=True)
        if export.state is not ExportState.MAKING:
            return export
        export.filename, export.media_type = file_of(kind, export.year, export.format)
        if kind.stored:
            export.document = _stored(export, sha256, target)
        export.sha256, export.size, export.contents = sha256, size, contents
        export.state, export.done = ExportState.MADE, export.total
        export.made_at = current_app.extensions["clock"].now()
        told = {"file": export.filename, "sha256": sha256, "size": size, **export.parameters}
        audit.record(
            "export.made", f"export:{export.public_id}", after=told, actor_id=export.asked_by
        )
    return export


def _measured(target: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and size, read from the start; the reader stands at the start again."""
    digest, size = hashlib.sha256(), 0
    target.seek(0)
    while piece := target.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    target.seek(0)
    return digest.hexdigest(), size


def _stored(export: Export, sha256: str, target: IO[bytes]) -> documents.Document:
    """The bytes, kept once however often the same file is made."""
    same = sa.select(documents.Document).where(
        documents.Document.kind == STORED,
        documents.Document.sha256 == sha256,
        documents.Document.filename == export.filename,
    )
    known = db.session.scalar(same.limit(1))
    return known or documents.store(STORED, export.filename, export.media_type, target.read())


def make_now(kind: ExportKind, year: int, file_format: str, *, by: int | None = None) -> Export:
    """Make an export at once, for a command.

    :raises ExportRefused: :raises UnknownKind:
    """
    export = make(ask(kind, year, file_format, by=by, token=None).id)
    if export.state is ExportState.FAILED:
        raise ExportRefused(export.problem)
    return export


def hand_out(export: Export, *, by: int | None) -> IO[bytes]:
    """The same bytes as when it was made, to be read from the start; who took them is written down.

    :raises NotMade:
    :raises documents.DamagedDocument: when stored bytes are not those that were kept.
    :raises NotTheSameBytes: when a file that is made again came out otherwise.
    :raises ExportRefused: when it cannot be made again.
    """
    found = _bytes_of(export)
    with transaction():
        audit.record("export.taken", f"export:{export.public_id}", actor_id=by)
    return found


def _bytes_of(export: Export) -> IO[bytes]:
    if export.state is not ExportState.MADE:
        raise NotMade(str(export.public_id))
    if export.document is not None:
        return io.BytesIO(documents.read(export.document))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    kind = kind_of(export.kind)
    try:
        if kind.again is not None:
            kind.again(export.year, export.contents, target)
        else:
            write(kind, export.year, export.format, target, _quietly)
        if _measured(target)[0] != export.sha256:
            raise NotTheSameBytes(str(export.public_id))
    except BaseException:
        target.close()
        raise
    return target


def same_today(export: Export) -> bool:
    """Whether the file would come out the same today: nothing behind it changed since.

    :raises NotMade: :raises ExportRefused: when it can no longer be made.
    """
    if export.state is not ExportState.MADE:
        raise NotMade(str(export.public_id))
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as target:
        write(kind_of(export.kind), export.year, export.format, target, _quietly)
        return _measured(target)[0] == export.sha256


def compare_today(export: Export, *, by: int | None) -> bool:
    """As :func:`same_today`, and the answer is written down."""
    same = same_today(export)
    with transaction():
        audit.record(
            "export.compared", f"export:{export.public_id}", after={"same": same}, actor_id=by
        )
    return same


def by_public_id(public_id: uuid.UUID) -> Export | None:
    """That export."""
    return db.session.scalar(sa.select(Export).where(Export.public_id == public_id))


def label_of(code: str) -> str:
    """What that kind is called, in the reader's language; its code when it is no longer known."""
    try:
        return str(_(kind_of(code).label))
    except UnknownKind:
        return code


def written_down(parameters: Mapping[str, Any]) -> str:
    """The parameters as one line: ``kind=journal year=2025 format=csv``."""
    return " ".join(f"{name}={value}" for name, value in parameters.items())
