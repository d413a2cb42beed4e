"""wishes holds and sponsorships"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('wish',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('plan_id', sa.BigInteger(), nullable=True),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('sex', sa.Enum('F', 'M', name='sex', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('age_min', sa.BigInteger(), nullable=True),
    sa.Column('age_max', sa.BigInteger(), nullable=True),
    sa.Column('programme', sa.Enum('education', 'vocational_training', 'food', 'health', 'protection', 'family_support', name='programme', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('site', sa.Enum('phnom_penh', 'siem_reap', 'sihanoukville', name='site', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('monthly_minor', sa.BigInteger(), nullable=True),
    sa.Column('payment', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('unpaid', 'waiting', 'fulfilled', 'withdrawn', name='wishstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('age_min <= age_max', name=op.f('ck_wish_ages')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_wish_donor_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_wish_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wish')),
    sa.UniqueConstraint('plan_id', name=op.f('uq_wish_plan_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_wish_public_id'))
    )
    op.create_index(op.f('ix_wish_donor_id'), 'wish', ['donor_id'], unique=False)
    op.create_index('ix_wish_state', 'wish', ['state', 'since'], unique=False)
    op.create_index('uq_wish_imported', 'wish', ['donor_id'], unique=True, postgresql_where=sa.text('imported'))
    op.create_table('hold',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=False),
    sa.Column('wish_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('held', 'taken', 'released', name='holdstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_by', sa.BigInteger(), nullable=True),
    sa.Column('extensions', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_hold_child_id')),
    sa.ForeignKeyConstraint(['held_by'], ['account.id'], name=op.f('fk_hold_held_by')),
    sa.ForeignKeyConstraint(['wish_id'], ['wish.id'], name=op.f('fk_hold_wish_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold')),
    sa.UniqueConstraint('public_id', name=op.f('uq_hold_public_id'))
    )
    op.create_index('uq_hold_live_child', 'hold', ['child_id'], unique=True, postgresql_where=sa.text("state in ('held','taken')"))
    op.create_index('uq_hold_live_wish', 'hold', ['wish_id'], unique=True, postgresql_where=sa.text("state in ('held','taken')"))
    op.create_table('sponsorship',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('hold_id', sa.BigInteger(), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=False),
    sa.Column('donor_id', sa.BigInteger(), nullable=False),
    sa.Column('plan_id', sa.BigInteger(), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.Enum('child_left', 'sponsor_stopped', 'office', name='endreason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('state', sa.Enum('active', 'ended', name='sponsorshipstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint("(state = 'ended') = (ended_on is not null)", name=op.f('ck_sponsorship_ended_has_a_date')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_sponsorship_child_id')),
    sa.ForeignKeyConstraint(['donor_id'], ['donor.id'], name=op.f('fk_sponsorship_donor_id')),
    sa.ForeignKeyConstraint(['hold_id'], ['hold.id'], name=op.f('fk_sponsorship_hold_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_sponsorship_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sponsorship')),
    sa.UniqueConstraint('hold_id', name=op.f('uq_sponsorship_hold_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_sponsorship_public_id'))
    )
    op.create_index(op.f('ix_sponsorship_donor_id'), 'sponsorship', ['donor_id'], unique=False)
    op.create_index('uq_sponsorship_active_child', 'sponsorship', ['child_id'], unique=True, postgresql_where=sa.text("state = 'active'"))
    


def downgrade():
    
    op.drop_index('uq_sponsorship_active_child', table_name='sponsorship', postgresql_where=sa.text("state = 'active'"))
    op.drop_index(op.f('ix_sponsorship_donor_id'), table_name='sponsorship')
    op.drop_table('sponsorship')
    op.drop_index('uq_hold_live_wish', table_name='hold', postgresql_where=sa.text("state in ('held','taken')"))
    op.drop_index('uq_hold_live_child', table_name='hold', postgresql_where=sa.text("state in ('held','taken')"))
    op.drop_table('hold')
    op.drop_index('uq_wish_imported', table_name='wish', postgresql_where=sa.text('imported'))
    op.drop_index('ix_wish_state', table_name='wish')
    op.drop_index(op.f('ix_wish_donor_id'), table_name='wish')
    op.drop_table('wish')
    
