"""`python -m qhub`: the command line without an installed `qhub` script."""

from __future__ import annotations

import sys

from qhub.cli import main

if __name__ == "__main__":
    sys.exit(main())
