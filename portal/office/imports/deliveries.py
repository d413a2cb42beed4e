"""A delivery handed in on the page: kept, tried by a job, imported or dropped by a person."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.core import i18n, jobs
from portal.core.db import db, transaction
from portal.core.jobs import jobs as queue
from portal.office.imports.models import DeliveryState, FieldDelivery
from portal.office.imports.services import Report, digest, import_files

KEPT_FOR = timedelta(hours=24)
SHOWN_FAULTS = 2000


def hand_in(files: Mapping[str, bytes], by: int) -> FieldDelivery:
    """Keep the files and have them tried."""
    with transaction() as session:
        delivery = FieldDelivery(
            created_by=by, names=sorted(files), sha256=digest(files), content=_packed(files)
        )
        session.add(delivery)
        session.flush()
        jobs.defer(check_delivery, delivery_id=delivery.id)
    return delivery


def confirm(delivery_id: int, *, skip_bad: bool) -> bool:
    """Have a tried delivery imported; False when somebody was quicker or it is not ready."""
    with transaction() as session:
        delivery = session.get_one(FieldDelivery, delivery_id, with_for_update=True)
        if delivery.state is not DeliveryState.CHECKED or delivery.content is None:
            return False
        delivery.state, delivery.skip_bad = DeliveryState.IMPORTING, skip_bad
        jobs.defer(import_delivery, delivery_id=delivery.id)
    return True


def drop(delivery_id: int) -> None:
    """Forget the files; nothing was imported."""
    with transaction() as session:
        delivery = session.get_one(FieldDelivery, delivery_id, with_for_update=True)
        if delivery.state in (DeliveryState.CHECKING, DeliveryState.CHECKED):
            delivery.state, delivery.content = DeliveryState.DROPPED, None


@queue.task(queue="default", name="office.check_delivery")
def check_delivery(delivery_id: int) -> None:
    """The dry run."""
    _run(delivery_id, DeliveryState.CHECKING, DeliveryState.CHECKED, dry_run=True)


@queue.task(queue="default", name="office.import_delivery")
def import_delivery(delivery_id: int) -> None:
    """The import; with it, in the same transaction, the delivery is done."""
    _run(delivery_id, DeliveryState.IMPORTING, DeliveryState.IMPORTED, dry_run=False)


def _run(delivery_id: int, before: DeliveryState, after: DeliveryState, *, dry_run: bool) -> None:
    now = current_app.extensions["clock"].now()
    with transaction() as session:
        delivery = session.get_one(FieldDelivery, delivery_id, with_for_update=True)
        if delivery.state is not before or delivery.content is None:
            return
        files, skip, by = _unpacked(delivery.content), delivery.skip_bad, delivery.created_by
    report = import_files(files, now=now, dry_run=dry_run, skip_bad=skip, by=by)
    with transaction() as session:
        delivery = session.get_one(FieldDelivery, delivery_id, with_for_update=True)
        delivery.state = after if dry_run or report.imported else DeliveryState.CHECKED
        delivery.report = _kept(report)
        if not report.tables:
            delivery.state = DeliveryState.FAILED
        if delivery.state in (DeliveryState.IMPORTED, DeliveryState.FAILED):
            delivery.content = None


def _kept(report: Report) -> dict[str, Any]:
    """The report as the page shows it: faults in both languages."""
    faults = []
    for fault in report.faults[:SHOWN_FAULTS]:
        words = {}
        for code in i18n.LANGUAGES:
            with i18n.in_language(code):
                words[code] = fault.problem.text(i18n.gettext)
        faults.append({**fault.as_json(), "words": words})
    notices = []
    for notice in report.notices:
        said = {}
        for code in i18n.LANGUAGES:
            with i18n.in_language(code):
                said[code] = notice.message.text(i18n.gettext)
        notices.append({"table": notice.table, "words": said})
    return {
        "tables": report.tables,
        "faults": faults,
        "fault_count": len(report.faults),
        "notices": notices,
        "imported": report.imported,
    }


@queue.periodic(cron="17 * * * *")
@queue.task(queue="cron", queueing_lock="office.forget_deliveries", name="office.forget_deliveries")
def forget_deliveries(timestamp: int) -> None:
    """Children's data does not lie about: files nobody confirmed are dropped after a day."""
    del timestamp
    forget_older_than(current_app.extensions["clock"].now() - KEPT_FOR)


def forget_older_than(instant: datetime) -> None:
    """Drop the files of deliveries older than that."""
    with transaction() as session:
        session.execute(
            sa.update(FieldDelivery)
            .where(FieldDelivery.created_at < instant, FieldDelivery.content.is_not(None))
            .values(content=None, state=DeliveryState.DROPPED)
        )


def _packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _unpacked(content: bytes) -> dict[str, bytes | io.BytesIO]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def recent(limit: int = 20) -> list[FieldDelivery]:
    """The last deliveries, newest first."""
    newest = sa.select(FieldDelivery).order_by(FieldDelivery.id.desc()).limit(limit)
    return list(db.session.scalars(newest))
