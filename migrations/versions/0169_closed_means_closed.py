"""days before the first closing are closed too; a closed month takes year-end entries of funds and nothing else"""

from alembic import op

revision = "0169"
down_revision = "0168"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""
        create or replace function refuse_closed_period() returns trigger language plpgsql as $$
        declare late record;
        begin
          select e.number, e.date into late from fresh e
            where exists (select from closed_period p
                where p.live and e.date between p.first_on and p.last_on
                  and (p.kind = 'year' or e.source not like 'dedicated:%' or e.journal <> 'OD'
                       or to_char(e.date, 'MM-DD') <> '12-31'))
              or (e.date < (select min(first_on) from closed_period)
                  and exists (select from closed_period where live))
            limit 1;
          if found then
            raise exception 'entry % is dated %, in a closed period', late.number, late.date
              using errcode = 'check_violation', constraint = 'period_is_closed';
          end if;
          return null;
        end $$""")
    op.execute("""
        create function refuse_closed_lines() returns trigger language plpgsql as $$
        declare late record;
        begin
          select e.number, l.account into late from fresh l
            join entry e on e.id = l.entry_id and e.source like 'dedicated:%'
            join closed_period p on p.live and e.date between p.first_on and p.last_on
            where l.account not in ('196000', '689600', '789600') limit 1;
          if found then
            raise exception 'entry % of a closed month has a line on %', late.number, late.account
              using errcode = 'check_violation', constraint = 'period_is_closed';
          end if;
          return null;
        end $$""")
    op.execute("""
        create trigger refuse_closed_lines after insert on entry_line referencing new table as fresh
        for each statement execute function refuse_closed_lines()""")


def downgrade():
    op.execute("drop trigger refuse_closed_lines on entry_line")
    op.execute("drop function refuse_closed_lines")
    op.execute("""
        create or replace function refuse_closed_period() returns trigger language plpgsql as $$
        declare late record;
        begin
          select e.number, e.date into late from fresh e join closed_period p
            on p.live and e.date between p.first_on and p.last_on
            where p.kind = 'year' or e.source not like 'dedicated:%' limit 1;
          if found then
            raise exception 'entry % is dated %, in a closed period', late.number, late.date
              using errcode = 'check_violation', constraint = 'period_is_closed';
          end if;
          return null;
        end $$""")
