"""The end of a day: three columns, what differs, and the tables to take along."""
