"""mandates, collections and their returns"""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('mandate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('creditor_id', sa.Text(), nullable=False),
    sa.Column('rum', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('iban_sealed', sa.Text(), nullable=False),
    sa.Column('iban_fingerprint', sa.Text(), nullable=False),
    sa.Column('iban_last4', sa.Text(), nullable=False),
    sa.Column('bic', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('notice_days', sa.BigInteger(), nullable=False),
    sa.Column('first_due_on', sa.Date(), nullable=False),
    sa.Column('last_collected_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('active', 'suspended', 'revoked', 'replaced', name='mandatestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=False),
    sa.Column('replaces_id', sa.BigInteger(), nullable=True),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('form_token', sa.Text(), nullable=True),
    sa.CheckConstraint("(state in ('revoked','replaced')) = (ended_on is not null)", name=op.f('ck_mandate_ended_has_a_date')),
    sa.CheckConstraint('length(rum) between 1 and 35', name=op.f('ck_mandate_rum')),
    sa.CheckConstraint('notice_days between 1 and 30', name=op.f('ck_mandate_notice')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_mandate_document_id')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_mandate_donor_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_mandate_plan_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['mandate.id'], name=op.f('fk_mandate_replaces_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandate')),
    sa.UniqueConstraint('creditor_id', 'rum', name=op.f('uq_mandate_creditor_id_rum')),
    sa.UniqueConstraint('form_token', name=op.f('uq_mandate_form_token')),
    sa.UniqueConstraint('public_id', name=op.f('uq_mandate_public_id')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_mandate_replaces_id'))
    )
    op.create_index(op.f('ix_mandate_donor_id'), 'mandate', ['donor_id'], unique=False)
    op.create_index('ix_mandate_iban_fingerprint', 'mandate', ['iban_fingerprint'], unique=False)
    op.create_index(op.f('ix_mandate_plan_id'), 'mandate', ['plan_id'], unique=False)
    op.create_index('uq_mandate_live_plan', 'mandate', ['plan_id'], unique=True, postgresql_where=sa.text("state in ('active','suspended')"))
    op.create_table('instalment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('announced_on', sa.Date(), nullable=True),
    sa.Column('announced_for', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('planned', 'announced', 'collecting', 'collected', 'returned', 'given_up', 'cancelled', name='instalmentstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('gift_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(state = 'collected') <= (gift_id is not null)", name=op.f('ck_instalment_collected')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_instalment_amount')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_instalment_gift_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_instalment_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instalment')),
    sa.UniqueConstraint('gift_id', name=op.f('uq_instalment_gift_id')),
    sa.UniqueConstraint('plan_id', 'due_on', name=op.f('uq_instalment_plan_id_due_on'))
    )
    op.create_index('ix_instalment_state', 'instalment', ['state', 'due_on'], unique=False)
    op.create_table('collection',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('collect_on', sa.Date(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('debits', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('made', 'sent', 'credited', 'withdrawn', name='collectionstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('credited_on', sa.Date(), nullable=True),
    sa.Column('statement_line_ref', sa.Text(), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('form_token', sa.Text(), nullable=False),
    sa.CheckConstraint("(state = 'credited') = (credited_on is not null)", name=op.f('ck_collection_credited_has_a_date')),
    sa.CheckConstraint('total_minor > 0 and debits > 0', name=op.f('ck_collection_not_empty')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_collection_document_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_collection_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection')),
    sa.UniqueConstraint('form_token', name=op.f('uq_collection_form_token')),
    sa.UniqueConstraint('message_id', name=op.f('uq_collection_message_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_collection_public_id'))
    )
    op.create_table('collection_attempt',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('collection_id', sa.BigInteger(), nullable=False),
    sa.Column('instalment_id', sa.BigInteger(), nullable=False),
    sa.Column('mandate_id', sa.BigInteger(), nullable=False),
    sa.Column('end_to_end', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Text(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('gift_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Enum('in_file', 'credited', 'rejected', 'returned', 'withdrawn', name='attemptstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reason_text', sa.Text(), nullable=False),
    sa.Column('back_on', sa.Date(), nullable=True),
    sa.CheckConstraint('length(end_to_end) between 1 and 35', name=op.f('ck_collection_attempt_end_to_end')),
    sa.ForeignKeyConstraint(['collection_id'], ['collection.id'], name=op.f('fk_collection_attempt_collection_id')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_collection_attempt_gift_id')),
    sa.ForeignKeyConstraint(['instalment_id'], ['instalment.id'], name=op.f('fk_collection_attempt_instalment_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_collection_attempt_mandate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection_attempt')),
    sa.UniqueConstraint('end_to_end', name=op.f('uq_collection_attempt_end_to_end')),
    sa.UniqueConstraint('gift_id', name=op.f('uq_collection_attempt_gift_id'))
    )
    op.create_index(op.f('ix_collection_attempt_collection_id'), 'collection_attempt', ['collection_id'], unique=False)
    op.create_index(op.f('ix_collection_attempt_instalment_id'), 'collection_attempt', ['instalment_id'], unique=False)
    op.create_index(op.f('ix_collection_attempt_mandate_id'), 'collection_attempt', ['mandate_id'], unique=False)
    op.create_index('uq_collection_attempt_live', 'collection_attempt', ['instalment_id'], unique=True, postgresql_where=sa.text("state in ('in_file','credited')"))
    op.create_table('bank_status',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('refused', sa.BigInteger(), nullable=False),
    sa.Column('unknown', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('read_by', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_bank_status_document_id')),
    sa.ForeignKeyConstraint(['read_by'], ['account.id'], name=op.f('fk_bank_status_read_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_status')),
    sa.UniqueConstraint('public_id', name=op.f('uq_bank_status_public_id')),
    sa.UniqueConstraint('sha256', name=op.f('uq_bank_status_sha256'))
    )


def downgrade():
    op.drop_table("bank_status")
    op.drop_table("collection_attempt")
    op.drop_table("collection")
    op.drop_table("instalment")
    op.drop_table("mandate")
