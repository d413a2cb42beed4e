"""gifts and plans"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('webhook_event',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('object_type', sa.Text(), nullable=False),
    sa.Column('object_id', sa.Text(), nullable=False),
    sa.Column('api_version', sa.Text(), nullable=False),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'done', 'ignored', 'failed', name='eventstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_event'))
    )
    op.create_table('plan',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('language', sa.Enum('fr', 'en', name='language', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('pending', 'active', 'past_due', 'ended', 'abandoned', name='planstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('next_debit_on', sa.Date(), nullable=True),
    sa.Column('stripe_session_id', sa.Text(), nullable=True),
    sa.Column('stripe_subscription_id', sa.Text(), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_plan_amount')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_plan_donor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan')),
    sa.UniqueConstraint('public_id', name=op.f('uq_plan_public_id')),
    sa.UniqueConstraint('stripe_session_id', name=op.f('uq_plan_stripe_session_id')),
    sa.UniqueConstraint('stripe_subscription_id', name=op.f('uq_plan_stripe_subscription_id'))
    )
    op.create_index(op.f('ix_plan_donor_id'), 'plan', ['donor_id'], unique=False)
    op.create_table('stripe_customer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('stripe_customer_id', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_stripe_customer_donor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stripe_customer')),
    sa.UniqueConstraint('stripe_customer_id', name=op.f('uq_stripe_customer_stripe_customer_id'))
    )
    op.create_index(op.f('ix_stripe_customer_donor_id'), 'stripe_customer', ['donor_id'], unique=False)
    op.create_table('gift',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('plan_id', sa.BigInteger(), nullable=True),
    sa.Column('origin', sa.Enum('online', 'plan', 'import', name='origin', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('pending', 'processing', 'settled', 'failed', 'abandoned', 'partially_refunded', 'refunded', 'disputed', name='giftstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('refunded_minor', sa.BigInteger(), nullable=False),
    sa.Column('mode', sa.Enum('card', 'sepa', 'cheque', 'transfer', 'cash', name='giftmode', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('purpose', sa.Enum('general', 'sponsorship', 'programme', name='purposekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('programme', sa.Enum('education', 'vocational_training', 'food', 'health', 'protection', 'family_support', name='programme', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('language', sa.Enum('fr', 'en', name='language', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('tax_on', sa.Date(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cheque_number', sa.Text(), nullable=False),
    sa.Column('deposit_ref', sa.Text(), nullable=False),
    sa.Column('attempt', sa.BigInteger(), nullable=False),
    sa.Column('stripe_session_id', sa.Text(), nullable=True),
    sa.Column('stripe_payment_intent_id', sa.Text(), nullable=True),
    sa.Column('stripe_charge_id', sa.Text(), nullable=True),
    sa.Column('stripe_balance_transaction_id', sa.Text(), nullable=True),
    sa.Column('stripe_invoice_id', sa.Text(), nullable=True),
    sa.CheckConstraint("(purpose = 'programme') = (programme is not null)", name=op.f('ck_gift_programme_purpose')),
    sa.CheckConstraint("state not in ('settled','partially_refunded','refunded','disputed') or (tax_on is not null and mode is not null)", name=op.f('ck_gift_settled_has_a_tax_date')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_gift_amount')),
    sa.CheckConstraint('fee_minor >= 0', name=op.f('ck_gift_fee')),
    sa.CheckConstraint('refunded_minor between 0 and amount_minor', name=op.f('ck_gift_refunded')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_gift_donor_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_gift_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gift')),
    sa.UniqueConstraint('public_id', name=op.f('uq_gift_public_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_gift_ref')),
    sa.UniqueConstraint('stripe_charge_id', name=op.f('uq_gift_stripe_charge_id')),
    sa.UniqueConstraint('stripe_invoice_id', name=op.f('uq_gift_stripe_invoice_id')),
    sa.UniqueConstraint('stripe_payment_intent_id', name=op.f('uq_gift_stripe_payment_intent_id')),
    sa.UniqueConstraint('stripe_session_id', name=op.f('uq_gift_stripe_session_id'))
    )
    op.create_index('ix_gift_donor_tax', 'gift', ['donor_id', 'tax_on'], unique=False)
    op.create_index(op.f('ix_gift_plan_id'), 'gift', ['plan_id'], unique=False)
    op.create_index('ix_gift_state', 'gift', ['state'], unique=False)
    op.create_table('refund',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('gift_id', sa.BigInteger(), nullable=False),
    sa.Column('stripe_refund_id', sa.Text(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('refunded_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_refund_amount')),
    sa.ForeignKeyConstraint(['gift_id'], ['gift.id'], name=op.f('fk_refund_gift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('public_id', name=op.f('uq_refund_public_id')),
    sa.UniqueConstraint('stripe_refund_id', name=op.f('uq_refund_stripe_refund_id'))
    )
    op.create_index(op.f('ix_refund_gift_id'), 'refund', ['gift_id'], unique=False)
    


def downgrade():
    
    op.drop_index(op.f('ix_refund_gift_id'), table_name='refund')
    op.drop_table('refund')
    op.drop_index('ix_gift_state', table_name='gift')
    op.drop_index(op.f('ix_gift_plan_id'), table_name='gift')
    op.drop_index('ix_gift_donor_tax', table_name='gift')
    op.drop_table('gift')
    op.drop_index(op.f('ix_stripe_customer_donor_id'), table_name='stripe_customer')
    op.drop_table('stripe_customer')
    op.drop_index(op.f('ix_plan_donor_id'), table_name='plan')
    op.drop_table('plan')
    op.drop_table('webhook_event')
    
