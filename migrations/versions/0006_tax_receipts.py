"""tax receipts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('receipt_series',
    sa.Column('year', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('last', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('last_hash', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_receipt_series'))
    )
    op.create_table('receipt_run',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('year', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('running', 'done', 'failed', name='runstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_by', sa.BigInteger(), nullable=True),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('done', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('faults', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
    sa.ForeignKeyConstraint(['started_by'], ['account.id'], name=op.f('fk_receipt_run_started_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt_run')),
    sa.UniqueConstraint('public_id', name=op.f('uq_receipt_run_public_id'))
    )
    op.create_table('receipt',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('series_year', sa.BigInteger(), nullable=False),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('single', 'annual', name='receiptkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('form', sa.Text(), nullable=False),
    sa.Column('tax_year', sa.BigInteger(), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('previous_hash', sa.Text(), nullable=False),
    sa.Column('chain_hash', sa.Text(), nullable=False),
    sa.Column('verify_code', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('issued', 'cancelled', name='receiptstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_by', sa.BigInteger(), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=False),
    sa.Column('replaces_id', sa.BigInteger(), nullable=True),
    sa.Column('run_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(state = 'cancelled') = (cancelled_at is not null)", name=op.f('ck_receipt_cancelled_has_a_date')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_receipt_amount')),
    sa.CheckConstraint('sequence > 0', name=op.f('ck_receipt_sequence')),
    sa.ForeignKeyConstraint(['cancelled_by'], ['account.id'], name=op.f('fk_receipt_cancelled_by')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_receipt_document_id')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_receipt_donor_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['receipt.id'], name=op.f('fk_receipt_replaces_id')),
    sa.ForeignKeyConstraint(['run_id'], ['receipt_run.id'], name=op.f('fk_receipt_run_id')),
    sa.ForeignKeyConstraint(['series_year'], ['receipt_series.year'], name=op.f('fk_receipt_series_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('chain_hash', name=op.f('uq_receipt_chain_hash')),
    sa.UniqueConstraint('number', name=op.f('uq_receipt_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_receipt_public_id')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_receipt_replaces_id')),
    sa.UniqueConstraint('series_year', 'sequence', name=op.f('uq_receipt_series_year_sequence')),
    sa.UniqueConstraint('verify_code', name=op.f('uq_receipt_verify_code'))
    )
    op.create_index(op.f('ix_receipt_donor_id'), 'receipt', ['donor_id'], unique=False)
    op.create_index(op.f('ix_receipt_sha256'), 'receipt', ['sha256'], unique=False)
    op.create_index(op.f('ix_receipt_tax_year'), 'receipt', ['tax_year'], unique=False)
    op.create_table('receipted_gift',
    sa.Column('receipt_id', sa.BigInteger(), nullable=False),
    sa.Column('gift_id', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_receipted_gift_amount')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_receipted_gift_gift_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_receipted_gift_receipt_id')),
    sa.PrimaryKeyConstraint('receipt_id', 'gift_id', name=op.f('pk_receipted_gift'))
    )
    op.create_index('uq_receipted_gift_live', 'receipted_gift', ['gift_id'], unique=True, postgresql_where=sa.text('live'))
    


def downgrade():
    
    op.drop_index('uq_receipted_gift_live', table_name='receipted_gift', postgresql_where=sa.text('live'))
    op.drop_table('receipted_gift')
    op.drop_index(op.f('ix_receipt_tax_year'), table_name='receipt')
    op.drop_index(op.f('ix_receipt_sha256'), table_name='receipt')
    op.drop_index(op.f('ix_receipt_donor_id'), table_name='receipt')
    op.drop_table('receipt')
    op.drop_table('receipt_run')
    op.drop_table('receipt_series')
    
