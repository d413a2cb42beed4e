"""a request to open a period begins undecided, also in SQL by hand"""

from alembic import op

revision = "0171"
down_revision = "0170"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""
        create function begin_undecided() returns trigger language plpgsql as $$
        begin
          if new.decided_at is not null or new.decided_by is not null or new.agreed then
            raise exception 'a request to open a period is decided after it was asked'
              using errcode = 'check_violation', constraint = 'asked_first';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger asked_first before insert on reopening
        for each row execute function begin_undecided()""")


def downgrade():
    op.execute("drop trigger asked_first on reopening")
    op.execute("drop function begin_undecided")
