"""Validators that `python -m qhub.config.compiling` wrote from the schemas; never edited by hand.

They only say whether a file is right, and import nothing: what is wrong, `qhub.config.tell` says.
"""

from __future__ import annotations

__all__ = ["Invalid"]


class Invalid(Exception):  # noqa: N818 - raised and caught by the validators alone
    """The data does not match the schema."""
