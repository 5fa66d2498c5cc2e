"""Documents for people: sheets, reports, acts and charts."""
