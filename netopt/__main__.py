"""``python -m netopt`` is ``netopt``."""

from netopt.cli import main

if __name__ == "__main__":
    main()
