"""runs in batches, papers as prefix and tail"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0130"
down_revision = "0120"
branch_labels = None
depends_on = None

STATES = {"0120": "'running', 'done', 'failed'"}
STATES["0130"] = STATES["0120"] + ", 'paused', 'cancelled'"


def upgrade():
    _papers_share_their_heads()
    _runs_have_chunks()
    _faults_are_rows()
    _numbers_in_blocks()


def _papers_share_their_heads():
    op.create_table(
        "document_head",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 64", name=op.f("ck_document_head_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_head")),
    )
    op.add_column("document", sa.Column("head_sha256", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_document_head_sha256"), "document", "document_head", ["head_sha256"], ["sha256"]
    )
    for table in ("document", "document_head"):
        op.execute(f"alter table {table} alter column content set storage external")
    op.execute("""
        create trigger kept before update or delete on document_head
        for each row execute function refuse_change()""")


def _runs_have_chunks():
    op.drop_index("uq_receipt_run_running", table_name="receipt_run")
    _states("0130")
    op.execute(
        "update receipt_run set state = 'cancelled', finished_at = now() where state = 'running'"
    )
    op.create_index(
        "uq_receipt_run_open",
        "receipt_run",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state in ('running', 'paused')"),
    )
    op.add_column(
        "receipt_run", sa.Column("problem", sa.Text(), server_default="", nullable=False)
    )
    op.create_index(op.f("ix_receipt_run_id"), "receipt", ["run_id"], unique=False)
    op.create_table(
        "receipt_chunk",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("donor_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "done",
                "failed",
                name="chunkstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(donor_ids) > 0", name=op.f("ck_receipt_chunk_donors")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["receipt_run.id"], name=op.f("fk_receipt_chunk_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_chunk")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_receipt_chunk_run_id_position")),
    )


def _faults_are_rows():
    op.create_table(
        "receipt_run_fault",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["receipt_run.id"], name=op.f("fk_receipt_run_fault_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["donor.id"], name=op.f("fk_receipt_run_fault_donor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_run_fault")),
    )
    op.create_index(
        "uq_receipt_run_fault_open",
        "receipt_run_fault",
        ["run_id", "donor_id"],
        unique=True,
        postgresql_where=sa.text("retried_at is null"),
    )
    op.execute("""
        insert into receipt_run_fault (run_id, donor_id, reason, noted_at)
        select distinct on (r.id, d.id)
               r.id, d.id, f ->> 'reason', coalesce(r.finished_at, r.created_at)
        from receipt_run r, jsonb_array_elements(r.faults) f, donor d
        where d.ref = f ->> 'donor_ref'""")
    op.execute("""
        update receipt_run r set problem = f ->> 'reason'
        from receipt_run o, jsonb_array_elements(o.faults) f
        where o.id = r.id and f ->> 'donor_ref' = ''""")
    op.drop_column("receipt_run", "faults")


def _numbers_in_blocks():
    _series_goes_up("new.last <= old.last", "go up")
    op.execute("""
        create function check_numbers_given() returns trigger language plpgsql as $$
        begin
          if (select count(*) from receipt where series_year = new.year
              and sequence > old.last and sequence <= new.last) <> new.last - old.last then
            raise exception 'numbers % to % of % do not all stand on a receipt',
              old.last + 1, new.last, new.year
              using errcode = 'check_violation', constraint = 'receipt_numbers_given';
          end if;
          return null;
        end $$""")
    op.execute("""
        create constraint trigger given after update on receipt_series
        deferrable initially deferred
        for each row execute function check_numbers_given()""")


def _states(revision):
    op.drop_constraint(op.f("ck_receipt_run_runstate"), "receipt_run", type_="check")
    op.create_check_constraint(
        op.f("ck_receipt_run_runstate"), "receipt_run", f"state in ({STATES[revision]})"
    )


def _series_goes_up(refused, words):
    op.execute(f"""
        create or replace function keep_receipt_series() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' or new.year <> old.year or {refused} then
            raise exception 'the numbers of receipts {words}'
              using errcode = 'restrict_violation', constraint = 'kept_receipt_series';
          end if;
          return new;
        end $$""")


def downgrade():
    op.execute("drop trigger given on receipt_series")
    op.execute("drop function check_numbers_given")
    _series_goes_up("new.last <> old.last + 1", "go up one by one")
    _faults_go_back()
    op.drop_table("receipt_chunk")
    op.drop_index(op.f("ix_receipt_run_id"), table_name="receipt")
    op.drop_column("receipt_run", "problem")
    op.drop_index("uq_receipt_run_open", table_name="receipt_run")
    op.execute(
        "update receipt_run set state = 'failed' where state in ('paused', 'cancelled', 'running')"
    )
    _states("0120")
    op.create_index(
        "uq_receipt_run_running",
        "receipt_run",
        ["year"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    _papers_stand_alone()


def _faults_go_back():
    op.add_column(
        "receipt_run",
        sa.Column("faults", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.execute("""
        update receipt_run r set faults = coalesce((
          select jsonb_agg(jsonb_build_object('donor_ref', d.ref, 'reason', f.reason) order by f.id)
          from receipt_run_fault f join donor d on d.id = f.donor_id
          where f.run_id = r.id and f.retried_at is null), '[]')""")
    op.execute("""
        update receipt_run set faults = faults
          || jsonb_build_array(jsonb_build_object('donor_ref', '', 'reason', problem))
        where problem <> ''""")
    op.drop_table("receipt_run_fault")


def _papers_stand_alone():
    op.execute("alter table document disable trigger kept")
    op.execute("""
        update document d set content = h.content || d.content
        from document_head h where h.sha256 = d.head_sha256""")
    op.execute("alter table document enable trigger kept")
    op.drop_constraint(op.f("fk_document_head_sha256"), "document", type_="foreignkey")
    op.drop_column("document", "head_sha256")
    op.execute("alter table document alter column content set storage extended")
    op.drop_table("document_head")
