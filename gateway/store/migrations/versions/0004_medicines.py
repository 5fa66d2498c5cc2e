"""the reference of medicines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import gateway.store.types

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reference_versions',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('list_approved_on', sa.Date(), nullable=False),
    sa.Column('levels_set_on', sa.Date(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('imported_at', gateway.store.types.UtcInstant(timezone=True), nullable=False),
    sa.Column('imported_by', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_reference_versions')),
    sa.UniqueConstraint('valid_from', name=op.f('uq_reference_versions_valid_from'))
    )
    op.create_table('reference_medicines',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['version'], ['reference_versions.number'], name=op.f('fk_reference_medicines_version')),
    sa.PrimaryKeyConstraint('version', 'code', name=op.f('pk_reference_medicines'))
    )


def downgrade() -> None:
    op.drop_table('reference_medicines')
    op.drop_table('reference_versions')
