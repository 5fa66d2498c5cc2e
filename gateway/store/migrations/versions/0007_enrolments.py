"""enrolments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.types

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('enrolments',
    sa.Column('client', sa.String(length=80), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('issued_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('issued_by', sa.String(length=80), nullable=False),
    sa.Column('expires_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('kid', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['client'], ['clients.id'], name=op.f('fk_enrolments_client')),
    sa.PrimaryKeyConstraint('client', name=op.f('pk_enrolments')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_enrolments_code_hash'))
    )
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.create_index('ix_enrolments_expires_at', ['expires_at'], unique=False)

    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tokens_from', gateway.store.types.UtcInstant(timezone=True), nullable=True))

    with op.batch_alter_table('dispenses', schema=None) as batch_op:
        batch_op.create_index('ix_dispenses_pharmacy_recorded_at', ['pharmacy', 'recorded_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('dispenses', schema=None) as batch_op:
        batch_op.drop_index('ix_dispenses_pharmacy_recorded_at')

    with op.batch_alter_table('clients', schema=None) as batch_op:
        batch_op.drop_column('tokens_from')

    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.drop_index('ix_enrolments_expires_at')

    op.drop_table('enrolments')
