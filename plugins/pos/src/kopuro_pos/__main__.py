"""``python -m kopuro_pos``."""

from kopuro_pos.cli import main

if __name__ == "__main__":
    main()
