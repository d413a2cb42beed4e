"""locked periods, dedicated funds"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0150"
down_revision = "0145"
branch_labels = None
depends_on = None

# Tables whose rows are never changed: emptying them at once is no way around it.
NEVER_EMPTIED = (
    "audit_entry",
    "bank_line",
    "closed_period",
    "dispute_movement",
    "document",
    "entry",
    "entry_line",
    "journal_counter",
    "ledger_figure",
    "manual_entry",
    "payout",
    "payout_line",
    "provider_line",
    "receipt",
    "receipt_series",
    "receipted_gift",
    "reopening",
)

ROWS = (
    "P1.1", "P1.2a", "P1.2b", "P1.2c", "P1.3", "P2.1", "P2.2", "P2.3", "P2.4", "P3", "P4",
    "C1.1a", "C1.1b", "C1.2a", "C1.2b", "C2.1", "C2.2", "C3", "C4", "C5",
    "V1a", "V1b", "V1c", "V2", "V3", "U1a", "U1b", "U2", "U3", "opening", "invested", "divested",
)  # fmt: skip
PROGRAMMES = ("education", "vocational_training", "food", "health", "protection", "family_support")


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key():
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _created():
    return sa.Column(
        "created_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    )


def upgrade():
    op.add_column("entry", sa.Column("fact_on", sa.Date(), nullable=True))
    op.create_check_constraint("late", "entry", "fact_on < date")
    for table in ("gift", "cheque"):
        op.add_column(
            table,
            sa.Column("membership", sa.Boolean(), server_default="false", nullable=False),
        )
    _closing()
    _funds()
    _guards()


def _closing():
    op.create_table(
        "closed_period",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _created(),
        sa.Column("kind", _codes("periodkind", "month", "year"), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("open_items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_closed_period_days")),
        sa.CheckConstraint(
            "live = (reopened_at is null)", name=op.f("ck_closed_period_live_until_reopened")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], name=op.f("fk_closed_period_closed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
        sa.UniqueConstraint("public_id", name=op.f("uq_closed_period_public_id")),
    )
    op.create_index(
        "uq_closed_period_live",
        "closed_period",
        ["kind", "first_on"],
        unique=True,
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "reopening",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reopening_reason")),
        sa.CheckConstraint(
            "(decided_at is null) = (agreed is null)"
            " and (agreed is null or decided_by is not null)",
            name=op.f("ck_reopening_decided"),
        ),
        sa.CheckConstraint(
            "agreed is not true or decided_by <> asked_by", name=op.f("ck_reopening_two_people")
        ),
        sa.CheckConstraint(
            "agreed is not true or decided_at <= expires_at", name=op.f("ck_reopening_in_time")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["closed_period.id"], name=op.f("fk_reopening_period_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_reopening_asked_by")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_reopening_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reopening_public_id")),
    )
    op.create_index(
        "uq_reopening_waiting",
        "reopening",
        ["period_id"],
        unique=True,
        postgresql_where=sa.text("decided_at is null"),
    )
    op.create_table(
        "manual_entry",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _created(),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reverses_id <> id", name=op.f("ck_manual_entry_reverses_another")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_manual_entry_made_by")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["manual_entry.id"], name=op.f("fk_manual_entry_reverses_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_manual_entry_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_entry")),
        sa.UniqueConstraint("public_id", name=op.f("uq_manual_entry_public_id")),
        sa.UniqueConstraint("form_token", name=op.f("uq_manual_entry_form_token")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_manual_entry_reverses_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_manual_entry_entry_id")),
    )


def _funds():
    op.create_table(
        "ledger_figure",
        _key(),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _created(),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("row", _codes("figurerow", *ROWS), nullable=False),
        sa.Column("programme", _codes("programme", *PROGRAMMES), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("generosity_minor", sa.BigInteger(), nullable=False),
        sa.Column("piece_ref", sa.Text(), nullable=False),
        sa.Column("piece_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.BigInteger(), nullable=True),
        sa.Column("struck_because", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_ledger_figure_amount")),
        sa.CheckConstraint(
            "generosity_minor between 0 and amount_minor", name=op.f("ck_ledger_figure_generosity")
        ),
        sa.CheckConstraint("piece_ref <> ''", name=op.f("ck_ledger_figure_has_a_voucher")),
        sa.CheckConstraint(
            "programme is null or generosity_minor = amount_minor",
            name=op.f("ck_ledger_figure_funds_are_generosity"),
        ),
        sa.CheckConstraint(
            "(struck_at is null) = (struck_by is null)",
            name=op.f("ck_ledger_figure_struck_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["account.id"], name=op.f("fk_ledger_figure_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["struck_by"], ["account.id"], name=op.f("fk_ledger_figure_struck_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_figure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_figure_public_id")),
        sa.UniqueConstraint("form_token", name=op.f("uq_ledger_figure_form_token")),
    )
    op.create_index("ix_ledger_figure_year", "ledger_figure", ["year"], unique=False)
    op.create_table(
        "crod_tag",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_crod_tag_changed_by")),
        sa.PrimaryKeyConstraint("subject", "since", name=op.f("pk_crod_tag")),
    )


def _guards():
    op.execute("""
        create function refuse_emptying() returns trigger language plpgsql as $$
        begin
          raise exception 'rows of % are never changed or deleted', tg_table_name
            using errcode = 'restrict_violation', constraint = 'kept_' || tg_table_name;
        end $$""")
    for table in NEVER_EMPTIED:
        op.execute(f"""
            create trigger kept_whole before truncate on {table}
            for each statement execute function refuse_emptying()""")
    op.execute("""
        create trigger kept before update or delete on manual_entry
        for each row execute function refuse_change()""")
    # Whoever closes waits for who is posting, and the other way round (see services/closing.py).
    op.execute("""
        create function wait_for_closing() returns trigger language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(721150);
          return null;
        end $$""")
    op.execute("""
        create trigger wait_for_closing before insert on entry
        for each statement execute function wait_for_closing()""")
    op.execute("""
        create function refuse_closed_period() returns trigger language plpgsql as $$
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
    op.execute("""
        create trigger refuse_closed_period after insert on entry referencing new table as fresh
        for each statement execute function refuse_closed_period()""")
    # A validated entry gets no more lines, be they balanced.
    op.execute("""
        create function refuse_more_lines() returns trigger language plpgsql as $$
        begin
          if exists (select from fresh l join entry e on e.id = l.entry_id
                     where e.created_at <> now()) then
            raise exception 'a validated entry gets no more lines'
              using errcode = 'restrict_violation', constraint = 'kept_entry';
          end if;
          return null;
        end $$""")
    op.execute("""
        create trigger refuse_more_lines after insert on entry_line referencing new table as fresh
        for each statement execute function refuse_more_lines()""")
    op.execute("""
        create function keep_closed_period() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or not old.live or new.live
             or (to_jsonb(new) - 'live' - 'reopened_at')
                is distinct from (to_jsonb(old) - 'live' - 'reopened_at')
             or not exists (select from reopening r where r.period_id = old.id and r.agreed) then
            raise exception 'a closed period is opened again by two people, and never changed'
              using errcode = 'restrict_violation', constraint = 'kept_closed_period';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on closed_period
        for each row execute function keep_closed_period()""")
    op.execute("""
        create function keep_reopening() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or old.decided_at is not null
             or (to_jsonb(new) - 'decided_at' - 'decided_by' - 'agreed')
                is distinct from (to_jsonb(old) - 'decided_at' - 'decided_by' - 'agreed') then
            raise exception 'what was asked and decided stays as it is'
              using errcode = 'restrict_violation', constraint = 'kept_reopening';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before update or delete on reopening
        for each row execute function keep_reopening()""")
    op.execute("""
        create function keep_ledger_figure() returns trigger language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(721150);
          if tg_op = 'DELETE' or (tg_op = 'UPDATE' and (old.struck_at is not null
             or (to_jsonb(new) - 'struck_at' - 'struck_by' - 'struck_because')
                is distinct from
                (to_jsonb(old) - 'struck_at' - 'struck_by' - 'struck_because'))) then
            raise exception 'a figure is never changed; strike it out and enter another'
              using errcode = 'restrict_violation', constraint = 'kept_ledger_figure';
          end if;
          if exists (select from closed_period p where p.live and p.kind = 'year'
                     and extract(year from p.first_on) >= new.year) then
            raise exception 'the year %, or a later one, is closed', new.year
              using errcode = 'check_violation', constraint = 'period_is_closed';
          end if;
          return new;
        end $$""")
    op.execute("""
        create trigger kept before insert or update or delete on ledger_figure
        for each row execute function keep_ledger_figure()""")
    # An account moved from a year on moves in every later year: none of them may be closed.
    op.execute("""
        create function keep_crod_tag() returns trigger language plpgsql as $$
        declare told crod_tag := case when tg_op = 'DELETE' then old else new end;
        begin
          perform pg_advisory_xact_lock_shared(721150);
          if exists (select from closed_period p where p.live and p.kind = 'year'
                     and extract(year from p.first_on) >= least(told.since, old.since)) then
            raise exception 'the year %, or a later one, is closed', told.since
              using errcode = 'check_violation', constraint = 'period_is_closed';
          end if;
          return told;
        end $$""")
    op.execute("""
        create trigger kept before insert or update or delete on crod_tag
        for each row execute function keep_crod_tag()""")


def downgrade():
    op.execute("drop trigger refuse_closed_period on entry")
    op.execute("drop trigger wait_for_closing on entry")
    op.execute("drop trigger refuse_more_lines on entry_line")
    for table in reversed(NEVER_EMPTIED):
        op.execute(f"drop trigger kept_whole on {table}")
    for table in ("crod_tag", "ledger_figure", "manual_entry", "reopening", "closed_period"):
        op.drop_table(table)
    for function in (
        "keep_crod_tag",
        "keep_ledger_figure",
        "keep_reopening",
        "keep_closed_period",
        "refuse_more_lines",
        "refuse_closed_period",
        "wait_for_closing",
        "refuse_emptying",
    ):
        op.execute(f"drop function {function}")
    for table in ("cheque", "gift"):
        op.drop_column(table, "membership")
    op.drop_column("entry", "fact_on")
