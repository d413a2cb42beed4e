"""Who waits for a lock, as PostgreSQL sees it."""

from __future__ import annotations

WHO_WAITS = """select count(*) from pg_locks where not granted and pid in (
  select pid from pg_locks where database = (
    select oid from pg_database where datname = current_database()))"""
"""How many sessions of this database wait for a lock. The locks of a server are those of all its
databases, so a bare count would also see what other tests wait for at the same time."""
