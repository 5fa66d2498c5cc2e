"""Operations: what was accepted, written down before anything happens, and carried to its end."""
