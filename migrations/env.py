"""Alembic's entrance: the portal's own metadata, the connection it is handed."""

import sqlalchemy as sa
from alembic import context

from portal.core.db import Base
from portal.schema import load_models

load_models()
NOT_OURS = ("procrastinate_",)


def include_name(name, type_, _parent):
    wanted = context.config.attributes.get("tables")
    if type_ == "table":
        return not name.startswith(NOT_OURS) and (wanted is None or name in wanted)
    return True


def include_object(_object, name, type_, _reflected, _compare_to):
    wanted = context.config.attributes.get("tables")
    return type_ != "table" or wanted is None or name in wanted


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        include_object=include_object,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    engine = sa.create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        run(connection)
    engine.dispose()
