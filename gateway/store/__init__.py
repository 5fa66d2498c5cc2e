"""Storage: one set of tables, two engines (SQLite embedded, PostgreSQL for many nodes), every write group-committed."""
