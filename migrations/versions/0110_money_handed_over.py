"""batches of cheques, deposits, gifts in kind and waived expenses"""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0105"
branch_labels = None
depends_on = None


def _codes(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade():
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_agreement_amount")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_agreement_document_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_agreement_donor_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_agreement_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("form_token", name=op.f("uq_agreement_form_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agreement_public_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_agreement_ref")),
    )
    op.create_index(op.f("ix_agreement_donor_id"), "agreement", ["donor_id"], unique=False)
    op.create_table(
        "cheque_batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("announced_count", sa.BigInteger(), nullable=False),
        sa.Column("announced_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", _codes("batchstate", "open", "closed", "discarded"), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name=op.f("ck_cheque_batch_closed")),
        sa.CheckConstraint("announced_count > 0", name=op.f("ck_cheque_batch_count")),
        sa.CheckConstraint("announced_minor > 0", name=op.f("ck_cheque_batch_total")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_cheque_batch_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_cheque_batch_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cheque_batch")),
        sa.UniqueConstraint("form_token", name=op.f("uq_cheque_batch_form_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cheque_batch_public_id")),
    )
    op.create_table(
        "deposit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", _codes("depositkind", "cheques", "cash"), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("credited_on", sa.Date(), nullable=True),
        sa.Column("statement_line_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.CheckConstraint("(credited_on is null) = (statement_line_ref = '')", name=op.f("ck_deposit_credited_by_a_line")),
        sa.CheckConstraint("(kind = 'cheques') = (count > 0)", name=op.f("ck_deposit_counted")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_deposit_amount")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_deposit_document_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_deposit_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("form_token", name=op.f("uq_deposit_form_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deposit_public_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_deposit_ref")),
        sa.UniqueConstraint("year", "sequence", name=op.f("uq_deposit_year_sequence")),
    )
    op.create_table(
        "agreement_instalment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_agreement_instalment_amount")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_instalment_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_instalment")),
        sa.UniqueConstraint("agreement_id", "due_on", name=op.f("uq_agreement_instalment_agreement_id_due_on")),
    )
    op.create_table(
        "agreement_payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_payment_agreement_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_agreement_payment_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_payment")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_agreement_payment_gift_id")),
    )
    op.create_index(op.f("ix_agreement_payment_agreement_id"), "agreement_payment", ["agreement_id"], unique=False)
    op.create_table(
        "cash_gift",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("book_number", sa.Text(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("counted_by", sa.Text(), nullable=False),
        sa.Column("counted_with", sa.Text(), nullable=False),
        sa.CheckConstraint("(collection = '') = (counted_by = '' and counted_with = '')", name=op.f("ck_cash_gift_counted_by_two")),
        sa.CheckConstraint("collection = '' or counted_by <> counted_with", name=op.f("ck_cash_gift_two_people")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_cash_gift_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_gift")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_cash_gift_gift_id")),
    )
    op.create_index(
        "uq_cash_gift_book_number",
        "cash_gift",
        [sa.literal_column("lower(book_number)")],
        unique=True,
        postgresql_where=sa.text("book_number <> ''"),
    )
    op.create_table(
        "cheque",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("gift_id", sa.BigInteger(), nullable=True),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("state", _codes("chequestate", "entered", "in_hand", "deposited", "returned", "withdrawn"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("drawer", sa.Text(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("purpose", _codes("purposekind", "general", "sponsorship", "programme"), nullable=False),
        sa.Column(
            "programme",
            _codes("programme", "education", "vocational_training", "food", "health", "protection", "family_support"),
            nullable=True,
        ),
        sa.Column("tribute", _codes("tribute", "memory", "honour"), nullable=True),
        sa.Column("tribute_name", sa.Text(), server_default="", nullable=False),
        sa.Column("no_receipt", _codes("noreceipt", "anonymous", "not_wanted", "counterpart"), nullable=True),
        sa.Column("form_token", sa.Text(), nullable=True),
        sa.CheckConstraint("(purpose = 'programme') = (programme is not null)", name=op.f("ck_cheque_programme_purpose")),
        sa.CheckConstraint("(state = 'entered') = (gift_id is null)", name=op.f("ck_cheque_recorded_is_a_gift")),
        sa.CheckConstraint("(tribute is null) = (tribute_name = '')", name=op.f("ck_cheque_tribute_has_a_name")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_cheque_amount")),
        sa.ForeignKeyConstraint(["batch_id"], ["cheque_batch.id"], name=op.f("fk_cheque_batch_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_cheque_donor_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_cheque_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cheque")),
        sa.UniqueConstraint("form_token", name=op.f("uq_cheque_form_token")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_cheque_gift_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cheque_public_id")),
    )
    op.create_index(op.f("ix_cheque_batch_id"), "cheque", ["batch_id"], unique=False)
    op.create_index(op.f("ix_cheque_donor_id"), "cheque", ["donor_id"], unique=False)
    op.create_index("ix_cheque_number", "cheque", ["number"], unique=False)
    op.create_index("ix_cheque_state", "cheque", ["state"], unique=False)
    op.create_table(
        "expense_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("errand", sa.Text(), nullable=False),
        sa.Column("waiver", sa.Text(), nullable=False),
        sa.Column("waived_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("waiver <> ''", name=op.f("ck_expense_note_waived_in_writing")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_expense_note_document_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_expense_note_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_note")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_expense_note_gift_id")),
    )
    op.create_table(
        "gift_in_kind",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("gift_id", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("basis", _codes("valuationbasis", "cost_price", "invoice", "appraisal", "market"), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("description <> ''", name=op.f("ck_gift_in_kind_described")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_gift_in_kind_document_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_gift_in_kind_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_in_kind")),
        sa.UniqueConstraint("gift_id", name=op.f("uq_gift_in_kind_gift_id")),
    )
    op.create_table(
        "cheque_return",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("cheque_id", sa.BigInteger(), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", _codes("returnreason", "no_funds", "stopped", "closed_account", "faulty", "other"), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.CheckConstraint("fee_minor >= 0", name=op.f("ck_cheque_return_fee")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_cheque_return_by")),
        sa.ForeignKeyConstraint(["cheque_id"], ["cheque.id"], name=op.f("fk_cheque_return_cheque_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_cheque_return_deposit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cheque_return")),
        sa.UniqueConstraint("form_token", name=op.f("uq_cheque_return_form_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cheque_return_public_id")),
    )
    op.create_index(op.f("ix_cheque_return_cheque_id"), "cheque_return", ["cheque_id"], unique=False)
    op.create_table(
        "deposit_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("cheque_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("drawer", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cheque_id"], ["cheque.id"], name=op.f("fk_deposit_item_cheque_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_item_deposit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_item")),
        sa.UniqueConstraint("deposit_id", "cheque_id", name=op.f("uq_deposit_item_deposit_id_cheque_id")),
    )
    op.create_index(op.f("ix_deposit_item_cheque_id"), "deposit_item", ["cheque_id"], unique=False)
    op.create_table(
        "expense_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("note_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("kind", _codes("expensekind", "distance", "ticket"), nullable=False),
        sa.Column("km", sa.Numeric(precision=8, scale=1), nullable=True),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("rate_source", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'distance') = (km is not null) and (kind = 'distance') = (vehicle <> '')", name=op.f("ck_expense_line_distance")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_expense_line_amount")),
        sa.ForeignKeyConstraint(["note_id"], ["expense_note.id"], name=op.f("fk_expense_line_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_line")),
    )
    op.create_index(op.f("ix_expense_line_note_id"), "expense_line", ["note_id"], unique=False)
    op.add_column(
        "gift",
        sa.Column(
            "no_receipt",
            sa.Enum("anonymous", "not_wanted", "counterpart", name="noreceipt", native_enum=False, create_constraint=False, length=40),
            nullable=True,
        ),
    )
    op.create_check_constraint(op.f("ck_gift_noreceipt"), "gift", "no_receipt in ('anonymous', 'not_wanted', 'counterpart')")


def downgrade():
    op.drop_column("gift", "no_receipt")
    op.drop_index(op.f("ix_expense_line_note_id"), table_name="expense_line")
    op.drop_table("expense_line")
    op.drop_index(op.f("ix_deposit_item_cheque_id"), table_name="deposit_item")
    op.drop_table("deposit_item")
    op.drop_index(op.f("ix_cheque_return_cheque_id"), table_name="cheque_return")
    op.drop_table("cheque_return")
    op.drop_table("gift_in_kind")
    op.drop_table("expense_note")
    op.drop_index("ix_cheque_state", table_name="cheque")
    op.drop_index("ix_cheque_number", table_name="cheque")
    op.drop_index(op.f("ix_cheque_donor_id"), table_name="cheque")
    op.drop_index(op.f("ix_cheque_batch_id"), table_name="cheque")
    op.drop_table("cheque")
    op.drop_index("uq_cash_gift_book_number", table_name="cash_gift", postgresql_where=sa.text("book_number <> ''"))
    op.drop_table("cash_gift")
    op.drop_index(op.f("ix_agreement_payment_agreement_id"), table_name="agreement_payment")
    op.drop_table("agreement_payment")
    op.drop_table("agreement_instalment")
    op.drop_table("deposit")
    op.drop_table("cheque_batch")
    op.drop_index(op.f("ix_agreement_donor_id"), table_name="agreement")
    op.drop_table("agreement")
