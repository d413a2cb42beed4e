"""programme records"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    
    op.create_table('family',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('site', sa.Enum('phnom_penh', 'siem_reap', 'sihanoukville', name='site', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('district', sa.Text(), nullable=False),
    sa.Column('head_name_latin', sa.Text(), nullable=False),
    sa.Column('household_size', sa.BigInteger(), nullable=True),
    sa.Column('monthly_income_usd', sa.Numeric(precision=12, scale=2), nullable=True),
    sa.Column('livelihood', sa.Enum('scavenging', 'water_bindweed', 'stone_breaking', 'construction_day_labour', 'street_vending', 'garment', 'none', name='livelihood', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('identified_on', sa.Date(), nullable=True),
    sa.Column('identified_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_family')),
    sa.UniqueConstraint('ref', name=op.f('uq_family_ref'))
    )
    op.create_table('school',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('district', sa.Text(), nullable=False),
    sa.Column('renovation_started_on', sa.Date(), nullable=True),
    sa.Column('renovation_completed_on', sa.Date(), nullable=True),
    sa.Column('works', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school')),
    sa.UniqueConstraint('ref', name=op.f('uq_school_ref'))
    )
    op.create_table('child',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('family_id', sa.BigInteger(), nullable=True),
    sa.Column('family_name_latin', sa.Text(), nullable=False),
    sa.Column('given_name_latin', sa.Text(), nullable=False),
    sa.Column('name_km', sa.Text(), nullable=False),
    sa.Column('called', sa.Text(), nullable=False),
    sa.Column('sex', sa.Enum('F', 'M', name='sex', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=False),
    sa.Column('born_on_is_estimate', sa.Boolean(), nullable=False),
    sa.Column('site', sa.Enum('phnom_penh', 'siem_reap', 'sihanoukville', name='site', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('admitted_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('in_care', 'employed', 'graduated', 'left', 'moved_away', 'reunited', 'deceased', name='childstatus', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('status_on', sa.Date(), nullable=True),
    sa.Column('sponsorable', sa.Boolean(), nullable=False),
    sa.Column('need', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('admitted_on >= born_on', name=op.f('ck_child_born_before_admitted')),
    sa.CheckConstraint('need is null or need between 1 and 5', name=op.f('ck_child_need')),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_child_family_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_child')),
    sa.UniqueConstraint('public_id', name=op.f('uq_child_public_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_child_ref'))
    )
    op.create_index(op.f('ix_child_family_id'), 'child', ['family_id'], unique=False)
    op.create_table('flip_parent',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('family_id', sa.BigInteger(), nullable=True),
    sa.Column('name_latin', sa.Text(), nullable=False),
    sa.Column('course', sa.Enum('cuisine', 'cleaning', 'sewing', 'business', name='course', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Enum('employed', 'business', 'seeking', 'left', name='flipoutcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('outcome_on', sa.Date(), nullable=True),
    sa.Column('loan_usd', sa.Numeric(precision=12, scale=2), nullable=True),
    sa.Column('loan_partner', sa.Text(), nullable=False),
    sa.CheckConstraint('completed_on >= started_on', name=op.f('ck_flip_parent_completed_after_start')),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_flip_parent_family_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flip_parent')),
    sa.UniqueConstraint('ref', name=op.f('uq_flip_parent_ref'))
    )
    op.create_index(op.f('ix_flip_parent_family_id'), 'flip_parent', ['family_id'], unique=False)
    op.create_table('attendance',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('days_expected', sa.BigInteger(), nullable=False),
    sa.Column('days_present', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('days_present between 0 and days_expected', name=op.f('ck_attendance_days')),
    sa.CheckConstraint('extract(day from month) = 1', name=op.f('ck_attendance_first_of_month')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_attendance_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('child_id', 'month', name=op.f('uq_attendance_child_id_month'))
    )
    op.create_table('consent',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=False),
    sa.Column('guardian', sa.Text(), nullable=False),
    sa.Column('scope', sa.Enum('portal', 'newsletter', 'public_web', name='consentscope', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_on', sa.Date(), nullable=True),
    sa.CheckConstraint('expires_on >= granted_on', name=op.f('ck_consent_expires_after_grant')),
    sa.CheckConstraint('withdrawn_on >= granted_on', name=op.f('ck_consent_withdrawn_after_grant')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_consent_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sa.UniqueConstraint('child_id', 'scope', 'granted_on', name=op.f('uq_consent_child_id_scope_granted_on'))
    )
    op.create_table('enrolment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=False),
    sa.Column('programme', sa.Enum('education', 'vocational_training', 'food', 'health', 'protection', 'family_support', name='programme', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('activity', sa.Text(), nullable=False),
    sa.Column('grade', sa.Text(), nullable=False),
    sa.Column('start_on', sa.Date(), nullable=False),
    sa.Column('end_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.Enum('passed', 'repeated', 'dropped_out', 'transferred', 'graduated', 'employed', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint('end_on >= start_on', name=op.f('ck_enrolment_ends_after_start')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_enrolment_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('child_id', 'programme', 'activity', 'start_on', name=op.f('uq_enrolment_child_id_programme_activity_start_on'))
    )
    op.create_table('fact',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('admitted', 'started', 'finished', 'attended', 'received', 'employed', name='factkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'approved', 'rejected', name='factstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_fact_child_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_fact_decided_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact')),
    sa.UniqueConstraint('child_id', 'source', name=op.f('uq_fact_child_id_source')),
    sa.UniqueConstraint('public_id', name=op.f('uq_fact_public_id'))
    )
    op.create_index(op.f('ix_fact_state'), 'fact', ['state'], unique=False)
    op.create_table('photo',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=True),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('alt_fr', sa.Text(), nullable=False),
    sa.Column('alt_en', sa.Text(), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=True),
    sa.Column('width', sa.BigInteger(), nullable=False),
    sa.Column('height', sa.BigInteger(), nullable=False),
    sa.Column('approved_by', sa.BigInteger(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['approved_by'], ['account.id'], name=op.f('fk_photo_approved_by')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_photo_child_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_photo_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo')),
    sa.UniqueConstraint('public_id', name=op.f('uq_photo_public_id'))
    )
    op.create_index(op.f('ix_photo_child_id'), 'photo', ['child_id'], unique=False)
    op.create_table('service',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('child_id', sa.BigInteger(), nullable=True),
    sa.Column('family_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('quantity', sa.Numeric(precision=12, scale=2), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.CheckConstraint('num_nonnulls(child_id, family_id) = 1', name=op.f('ck_service_one_receiver')),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_service_quantity')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_service_child_id')),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_service_family_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('ref', 'kind', 'on', name=op.f('uq_service_ref_kind_on'))
    )
    op.create_index(op.f('ix_service_child_id'), 'service', ['child_id'], unique=False)
    op.create_index(op.f('ix_service_family_id'), 'service', ['family_id'], unique=False)
    


def downgrade():
    
    op.drop_index(op.f('ix_service_family_id'), table_name='service')
    op.drop_index(op.f('ix_service_child_id'), table_name='service')
    op.drop_table('service')
    op.drop_index(op.f('ix_photo_child_id'), table_name='photo')
    op.drop_table('photo')
    op.drop_index(op.f('ix_fact_state'), table_name='fact')
    op.drop_table('fact')
    op.drop_table('enrolment')
    op.drop_table('consent')
    op.drop_table('attendance')
    op.drop_index(op.f('ix_flip_parent_family_id'), table_name='flip_parent')
    op.drop_table('flip_parent')
    op.drop_index(op.f('ix_child_family_id'), table_name='child')
    op.drop_table('child')
    op.drop_table('school')
    op.drop_table('family')
    
