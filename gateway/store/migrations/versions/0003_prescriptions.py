"""prescriptions and dispenses"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.types

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('insurance_checks',
    sa.Column('patient', sa.LargeBinary(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('insured', sa.Boolean(), nullable=False),
    sa.Column('organisation', sa.String(length=6), nullable=True),
    sa.Column('checked_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('patient', 'day', name=op.f('pk_insurance_checks'))
    )
    op.create_table('patient_years',
    sa.Column('patient', sa.LargeBinary(), nullable=False),
    sa.Column('year', sa.SmallInteger(), nullable=False),
    sa.Column('used', sa.BigInteger(), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('patient', 'year', name=op.f('pk_patient_years'))
    )
    op.create_table('prescriptions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('patient', sa.LargeBinary(), nullable=False),
    sa.Column('organisation', sa.String(length=6), nullable=False),
    sa.Column('prescriber', sa.LargeBinary(), nullable=False),
    sa.Column('region', sa.String(length=20), nullable=False),
    sa.Column('state', sa.SmallInteger(), nullable=False),
    sa.Column('name_key', sa.String(length=64), nullable=False),
    sa.Column('group_key', sa.String(length=64), nullable=False),
    sa.Column('medicine', sa.String(length=32), nullable=False),
    sa.Column('reference_version', sa.Integer(), nullable=False),
    sa.Column('issued_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('course_dose', sa.String(length=40), nullable=False),
    sa.Column('dose_unit', sa.String(length=10), nullable=False),
    sa.Column('dispensed_dose', sa.String(length=40), server_default=sa.text("'0'"), nullable=False),
    sa.Column('fills', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('reserved', sa.BigInteger(), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.Column('operation_id', sa.Uuid(), nullable=False),
    sa.Column('ended_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('hold', sa.Uuid(), nullable=True),
    sa.Column('held_by', sa.String(length=6), nullable=True),
    sa.Column('held_since', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('held_until', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['operation_id'], ['operations.id'], name=op.f('fk_prescriptions_operation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prescriptions')),
    sa.UniqueConstraint('number', name=op.f('uq_prescriptions_number'))
    )
    with op.batch_alter_table('prescriptions', schema=None) as batch_op:
        batch_op.create_index('ix_prescriptions_open', ['valid_until'], unique=False, sqlite_where=sa.text('state IN (1, 2)'), postgresql_where=sa.text('state IN (1, 2)'))
        batch_op.create_index('ix_prescriptions_patient_group_key', ['patient', 'group_key', 'issued_on'], unique=False)
        batch_op.create_index('uq_prescriptions_patient_name_key', ['patient', 'name_key'], unique=True, sqlite_where=sa.text('state IN (1, 2)'), postgresql_where=sa.text('state IN (1, 2)'))

    op.create_table('dispenses',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prescription', sa.Uuid(), nullable=False),
    sa.Column('fill', sa.Integer(), nullable=False),
    sa.Column('reversal_of', sa.Uuid(), nullable=True),
    sa.Column('reversed_by', sa.Uuid(), nullable=True),
    sa.Column('pharmacy', sa.String(length=6), nullable=False),
    sa.Column('region', sa.String(length=20), nullable=False),
    sa.Column('sold_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('sold_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('medicine', sa.String(length=32), nullable=False),
    sa.Column('reference_version', sa.Integer(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('compensated_units', sa.Integer(), nullable=False),
    sa.Column('dose', sa.String(length=40), nullable=False),
    sa.Column('pack_price', sa.BigInteger(), nullable=False),
    sa.Column('retail', sa.BigInteger(), nullable=False),
    sa.Column('compensation', sa.BigInteger(), nullable=False),
    sa.Column('patient_sum', sa.BigInteger(), nullable=False),
    sa.Column('settled', sa.BigInteger(), nullable=False),
    sa.Column('charged_now', sa.BigInteger(), nullable=False),
    sa.Column('charged_next', sa.BigInteger(), nullable=False),
    sa.Column('receipt_amount', sa.BigInteger(), nullable=True),
    sa.Column('receipt_key', sa.LargeBinary(), nullable=True),
    sa.Column('report', sa.Uuid(), nullable=True),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.Column('findings', sa.Text(), nullable=True),
    sa.Column('operation_id', sa.Uuid(), nullable=False),
    sa.Column('sale_operation_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['operation_id'], ['operations.id'], name=op.f('fk_dispenses_operation_id')),
    sa.ForeignKeyConstraint(['prescription'], ['prescriptions.id'], name=op.f('fk_dispenses_prescription')),
    sa.ForeignKeyConstraint(['reversal_of'], ['dispenses.id'], name=op.f('fk_dispenses_reversal_of')),
    sa.ForeignKeyConstraint(['sale_operation_id'], ['operations.id'], name=op.f('fk_dispenses_sale_operation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispenses')),
    sa.UniqueConstraint('reversal_of', name=op.f('uq_dispenses_reversal_of'))
    )
    with op.batch_alter_table('dispenses', schema=None) as batch_op:
        batch_op.create_index('ix_dispenses_pharmacy_sold_on', ['pharmacy', 'sold_on', 'id'], unique=False)
        batch_op.create_index('ix_dispenses_sold_on', ['sold_on', 'region'], unique=False)
        batch_op.create_index('ix_dispenses_unreported', ['pharmacy', 'sold_on'], unique=False, sqlite_where=sa.text('report IS NULL'), postgresql_where=sa.text('report IS NULL'))
        batch_op.create_index('uq_dispenses_prescription_fill', ['prescription', 'fill'], unique=True, sqlite_where=sa.text('reversal_of IS NULL'), postgresql_where=sa.text('reversal_of IS NULL'))

    op.create_table('quotes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('prescription', sa.Uuid(), nullable=False),
    sa.Column('pharmacy', sa.String(length=6), nullable=False),
    sa.Column('created_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('expires_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('reference_version', sa.Integer(), nullable=False),
    sa.Column('rules_version', sa.String(length=20), nullable=False),
    sa.Column('input_digest', sa.LargeBinary(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['prescription'], ['prescriptions.id'], name=op.f('fk_quotes_prescription')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quotes'))
    )
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.create_index('ix_quotes_expires_at', ['expires_at'], unique=False)

    op.create_table('sold_boxes',
    sa.Column('box', sa.LargeBinary(), nullable=False),
    sa.Column('dispense', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['dispense'], ['dispenses.id'], name=op.f('fk_sold_boxes_dispense')),
    sa.PrimaryKeyConstraint('box', name=op.f('pk_sold_boxes'))
    )
    with op.batch_alter_table('sold_boxes', schema=None) as batch_op:
        batch_op.create_index('ix_sold_boxes_dispense', ['dispense'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('sold_boxes', schema=None) as batch_op:
        batch_op.drop_index('ix_sold_boxes_dispense')

    op.drop_table('sold_boxes')
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.drop_index('ix_quotes_expires_at')

    op.drop_table('quotes')
    with op.batch_alter_table('dispenses', schema=None) as batch_op:
        batch_op.drop_index('uq_dispenses_prescription_fill', sqlite_where=sa.text('reversal_of IS NULL'), postgresql_where=sa.text('reversal_of IS NULL'))
        batch_op.drop_index('ix_dispenses_unreported', sqlite_where=sa.text('report IS NULL'), postgresql_where=sa.text('report IS NULL'))
        batch_op.drop_index('ix_dispenses_sold_on')
        batch_op.drop_index('ix_dispenses_pharmacy_sold_on')

    op.drop_table('dispenses')
    with op.batch_alter_table('prescriptions', schema=None) as batch_op:
        batch_op.drop_index('uq_prescriptions_patient_name_key', sqlite_where=sa.text('state IN (1, 2)'), postgresql_where=sa.text('state IN (1, 2)'))
        batch_op.drop_index('ix_prescriptions_patient_group_key')
        batch_op.drop_index('ix_prescriptions_open', sqlite_where=sa.text('state IN (1, 2)'), postgresql_where=sa.text('state IN (1, 2)'))

    op.drop_table('prescriptions')
    op.drop_table('patient_years')
    op.drop_table('insurance_checks')
