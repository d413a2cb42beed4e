"""each bank account of the association has its own subdivision of 512"""

import sqlalchemy as sa
from alembic import op

revision = "0167"
down_revision = "0165"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("bank_account", sa.Column("ledger_code", sa.Text(), nullable=True))
    op.add_column(
        "bank_account", sa.Column("ledger_label", sa.Text(), server_default="", nullable=False)
    )
    _number_those_that_are_there()
    op.alter_column("bank_account", "ledger_code", nullable=False)
    op.create_unique_constraint(
        op.f("uq_bank_account_ledger_code"), "bank_account", ["ledger_code"]
    )
    op.create_check_constraint("ledger_code", "bank_account", "ledger_code ~ '^512[0-9]{3}$'")
    _guard()


def downgrade():
    op.execute("drop trigger kept_in_the_books on bank_account")
    op.execute("drop function keep_ledger_code")
    op.drop_constraint(op.f("ck_bank_account_ledger_code"), "bank_account")
    op.drop_constraint(op.f("uq_bank_account_ledger_code"), "bank_account")
    op.drop_column("bank_account", "ledger_label")
    op.drop_column("bank_account", "ledger_code")


def _number_those_that_are_there():
    """The account seen first keeps 512100, on which all was booked; the others come after it, past
    what an administrator added to the chart or a person wrote on."""
    op.execute("""
        with taken as (
          select code from dated_rule where kind = 'account' and code like '512%'
          union select account from entry_line where account like '512%'
          union select '512100'),
        free as (
          select code, row_number() over (order by code not like '%00', code) as place
          from (select '512' || lpad(n::text, 3, '0') as code from generate_series(110, 999) n) all_codes
          where code not in (select code from taken)),
        ours as (select id, row_number() over (order by id) - 1 as place from bank_account)
        update bank_account a set
          ledger_code = case when o.place = 0 then '512100' else f.code end,
          ledger_label = case when o.place = 0 then '' when a.name <> '' then 'Banque ' || a.name
            else 'Banque, compte ' || right(a.iban, 4) end
        from ours o left join free f on f.place = o.place where o.id = a.id""")


def _guard():
    """What is booked names its account by this number and these words: neither changes any more."""
    op.execute("""
        create function keep_ledger_code() returns trigger language plpgsql as $$
        begin
          if (new.ledger_code <> old.ledger_code or new.ledger_label <> old.ledger_label)
             and exists (select from entry_line where account = old.ledger_code) then
            raise exception 'account % is in the books', old.ledger_code
              using errcode = 'restrict_violation', constraint = 'kept_in_the_books';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept_in_the_books before update of ledger_code, ledger_label on bank_account
        for each row execute function keep_ledger_code()""")
