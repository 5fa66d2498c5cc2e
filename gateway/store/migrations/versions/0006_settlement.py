"""settlement"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.types

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('settlement_reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('pharmacy', sa.String(length=6), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('state', sa.SmallInteger(), nullable=False),
    sa.Column('opened_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('formed_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('late_lines', sa.Integer(), nullable=False),
    sa.Column('retail', sa.BigInteger(), nullable=False),
    sa.Column('patient_sum', sa.BigInteger(), nullable=False),
    sa.Column('compensation', sa.BigInteger(), nullable=False),
    sa.Column('settled', sa.BigInteger(), nullable=False),
    sa.Column('outside_contract', sa.BigInteger(), nullable=False),
    sa.Column('first_sold_on', sa.Date(), nullable=True),
    sa.Column('last_sold_on', sa.Date(), nullable=True),
    sa.Column('digest', sa.LargeBinary(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('submitted_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.String(length=80), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement_reports'))
    )
    with op.batch_alter_table('settlement_reports', schema=None) as batch_op:
        batch_op.create_index('uq_settlement_reports_pharmacy_month', ['pharmacy', 'month'], unique=True)

    op.create_table('settlement_acts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('report', sa.Uuid(), nullable=False),
    sa.Column('pharmacy', sa.String(length=6), nullable=False),
    sa.Column('drawn_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('drawn_by', sa.String(length=80), nullable=False),
    sa.Column('settled', sa.BigInteger(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('payment_reference', sa.String(length=64), nullable=True),
    sa.Column('paid_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('paid_by', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['report'], ['settlement_reports.id'], name=op.f('fk_settlement_acts_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement_acts')),
    sa.UniqueConstraint('number', name=op.f('uq_settlement_acts_number')),
    sa.UniqueConstraint('report', name=op.f('uq_settlement_acts_report'))
    )
    op.create_table('act_signatures',
    sa.Column('act', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('person', sa.Uuid(), nullable=False),
    sa.Column('signed_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['act'], ['settlement_acts.id'], name=op.f('fk_act_signatures_act')),
    sa.PrimaryKeyConstraint('act', 'role', name=op.f('pk_act_signatures'))
    )
    op.create_table('settlement_disputes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('dispense', sa.Uuid(), nullable=False),
    sa.Column('pharmacy', sa.String(length=6), nullable=False),
    sa.Column('state', sa.SmallInteger(), nullable=False),
    sa.Column('statement', sa.LargeBinary(), nullable=False),
    sa.Column('filed_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('filed_by', sa.String(length=80), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('members', sa.LargeBinary(), nullable=True),
    sa.Column('protocol_number', sa.String(length=64), nullable=True),
    sa.Column('protocol_date', sa.Date(), nullable=True),
    sa.Column('decided_at', gateway.store.types.UtcInstant(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['dispense'], ['dispenses.id'], name=op.f('fk_settlement_disputes_dispense')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement_disputes')),
    sa.UniqueConstraint('dispense', name=op.f('uq_settlement_disputes_dispense'))
    )
    with op.batch_alter_table('settlement_disputes', schema=None) as batch_op:
        batch_op.create_index('ix_settlement_disputes_pharmacy', ['pharmacy', 'id'], unique=False)

    op.create_table('settlement_entries',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.SmallInteger(), nullable=False),
    sa.Column('dispense', sa.Uuid(), nullable=False),
    sa.Column('pharmacy', sa.String(length=6), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=True),
    sa.Column('liable', sa.String(length=40), nullable=True),
    sa.Column('document_number', sa.String(length=64), nullable=True),
    sa.Column('document_date', sa.Date(), nullable=True),
    sa.Column('decided_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=80), nullable=False),
    sa.Column('act', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['act'], ['settlement_acts.id'], name=op.f('fk_settlement_entries_act')),
    sa.ForeignKeyConstraint(['dispense'], ['dispenses.id'], name=op.f('fk_settlement_entries_dispense')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_settlement_entries'))
    )
    with op.batch_alter_table('settlement_entries', schema=None) as batch_op:
        batch_op.create_index('ix_settlement_entries_act', ['act', 'id'], unique=False)
        batch_op.create_index('ix_settlement_entries_dispense', ['dispense'], unique=False)
        batch_op.create_index('ix_settlement_entries_waiting', ['pharmacy'], unique=False, sqlite_where=sa.text('act IS NULL'), postgresql_where=sa.text('act IS NULL'))
        batch_op.create_index('uq_settlement_entries_document', ['dispense', 'kind', 'document_number', 'document_date'], unique=True, sqlite_where=sa.text('kind IN (6, 7)'), postgresql_where=sa.text('kind IN (6, 7)'))


def downgrade() -> None:
    with op.batch_alter_table('settlement_entries', schema=None) as batch_op:
        batch_op.drop_index('uq_settlement_entries_document', sqlite_where=sa.text('kind IN (6, 7)'), postgresql_where=sa.text('kind IN (6, 7)'))
        batch_op.drop_index('ix_settlement_entries_waiting', sqlite_where=sa.text('act IS NULL'), postgresql_where=sa.text('act IS NULL'))
        batch_op.drop_index('ix_settlement_entries_dispense')
        batch_op.drop_index('ix_settlement_entries_act')

    op.drop_table('settlement_entries')
    with op.batch_alter_table('settlement_disputes', schema=None) as batch_op:
        batch_op.drop_index('ix_settlement_disputes_pharmacy')

    op.drop_table('settlement_disputes')
    op.drop_table('act_signatures')
    op.drop_table('settlement_acts')
    with op.batch_alter_table('settlement_reports', schema=None) as batch_op:
        batch_op.drop_index('uq_settlement_reports_pharmacy_month')

    op.drop_table('settlement_reports')
