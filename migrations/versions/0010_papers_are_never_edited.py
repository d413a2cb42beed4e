"""papers are never edited: triggers that keep documents, audit rows, receipts and entries"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT_WHOLE = ("audit_entry", "document", "entry", "entry_line")


def upgrade():
    op.execute("""
        create function refuse_change() returns trigger language plpgsql as $$
        begin
          raise exception 'rows of % are never changed or deleted', tg_table_name
            using errcode = 'restrict_violation', constraint = 'kept_' || tg_table_name;
        end $$""")
    for table in KEPT_WHOLE:
        op.execute(f"""
            create trigger kept before update or delete on {table}
            for each row execute function refuse_change()""")
    op.execute("""
        create function keep_receipt() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or old.state = 'cancelled'
             or (to_jsonb(new) - 'state' - 'cancelled_at' - 'cancelled_by' - 'cancel_reason')
                is distinct from
                (to_jsonb(old) - 'state' - 'cancelled_at' - 'cancelled_by' - 'cancel_reason') then
            raise exception 'an issued receipt is never changed; cancel and replace it'
              using errcode = 'restrict_violation', constraint = 'kept_receipt';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on receipt
        for each row execute function keep_receipt()""")
    op.execute("""
        create function check_entry_balances() returns trigger language plpgsql as $$
        declare debit bigint; credit bigint; lines bigint;
        begin
          select coalesce(sum(debit_minor), 0), coalesce(sum(credit_minor), 0), count(*)
            into debit, credit, lines from entry_line
            where entry_id = case tg_table_name when 'entry' then new.id
              else (to_jsonb(new) ->> 'entry_id')::bigint end;
          if lines < 2 or debit <> credit then
            raise exception 'the entry does not balance: debit %, credit %', debit, credit
              using errcode = 'check_violation', constraint = 'entry_balances';
          end if;
          return null;
        end $$""")
    for table in ("entry", "entry_line"):
        op.execute(f"""
            create constraint trigger balances after insert on {table}
            deferrable initially deferred
            for each row execute function check_entry_balances()""")


def downgrade():
    for table in ("entry", "entry_line"):
        op.execute(f"drop trigger balances on {table}")
    op.execute("drop function check_entry_balances")
    op.execute("drop trigger kept on receipt")
    op.execute("drop function keep_receipt")
    for table in KEPT_WHOLE:
        op.execute(f"drop trigger kept on {table}")
    op.execute("drop function refuse_change")
