"""Does the background jobs that wait, in the test's own transaction."""

from __future__ import annotations

import sqlalchemy as sa

from portal.core.db import db
from portal.core.jobs import jobs


def run_due_jobs(*, only: str | None = None) -> list[str]:
    """Run every waiting job (and those they queue) in order; gives the names of what ran."""
    ran: list[str] = []
    where = "status = 'todo'" + (" and task_name = :only" if only else "")
    query = sa.text(
        f"select id, task_name, args from procrastinate_jobs where {where} order by id limit 1"
    )
    while row := db.session.execute(query, {"only": only} if only else {}).first():
        db.session.execute(
            sa.text("update procrastinate_jobs set status = 'doing' where id = :id"), {"id": row.id}
        )
        db.session.commit()
        jobs.tasks[row.task_name](**row.args)
        db.session.execute(
            sa.text("update procrastinate_jobs set status = 'succeeded' where id = :id"),
            {"id": row.id},
        )
        db.session.commit()
        ran.append(row.task_name)
    return ran
