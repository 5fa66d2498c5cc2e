"""Rules of the reference of medicines («Маалымдама»; regulation on the additional drug programme, chapter 3)."""
