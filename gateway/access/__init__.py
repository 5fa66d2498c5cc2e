"""Who it is and what they may: machines with keys, people through ESI, one table of who may do what."""
