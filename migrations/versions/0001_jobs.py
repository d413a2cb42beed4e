"""jobs: procrastinate's schema, frozen; unaccent and pg_trgm for search"""

from alembic import op

from portal.core.db import sql_file

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("create extension if not exists unaccent")
    op.execute("create extension if not exists pg_trgm")
    op.get_bind().connection.driver_connection.execute(sql_file("procrastinate-3.10.0.sql"))


def downgrade():
    op.execute("""
        do $$ declare thing record; begin
          for thing in select tablename from pg_tables
            where schemaname = current_schema() and tablename like 'procrastinate\\_%' loop
            execute format('drop table %I cascade', thing.tablename); end loop;
          for thing in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = current_schema() and p.proname like 'procrastinate\\_%' loop
            execute 'drop function ' || thing.name || ' cascade'; end loop;
          for thing in select t.oid::regtype as name from pg_type t join pg_namespace n on n.oid = t.typnamespace
            where n.nspname = current_schema() and t.typname like 'procrastinate\\_%' and t.typtype in ('e', 'c') loop
            execute 'drop type if exists ' || thing.name || ' cascade'; end loop;
        end $$""")
    op.execute("drop extension pg_trgm")
    op.execute("drop extension unaccent")
