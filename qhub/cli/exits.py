"""The exit statuses of every command."""

from __future__ import annotations

from typing import Final

OK: Final = 0
CONFIG: Final = 1
"""Wrong config, or `render --check` found a difference."""
USAGE: Final = 2
FAILED: Final = 3
"""A missing tool, the disk, or another program refused."""
PROBLEM: Final = 4
"""`status` found something that does not work."""
BUG: Final = 70
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
"""As a shell reports a program that the closing of its pipe ended."""
