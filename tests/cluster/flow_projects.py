"""Projects of flows that tell by the message of their last state where their code came from."""

from __future__ import annotations

__all__ = ["COUNTED", "PROJECT"]

PROJECT = {
    "pyproject.toml": "",
    "rates.py": "EURO = 0.5\n",
    "data/rows.csv": "1\n2\n3\n",
    ".env": "TOKEN=planted\n",
    "prices.py": """
        import os
        from pathlib import Path

        from prefect import flow
        from prefect.states import Completed
        from rates import EURO

        @flow
        def prices(rows: int = 3):
            import tiny
            found = len(Path("data/rows.csv").read_text().split()), Path(".env").exists()
            return Completed(message=f"{rows * EURO} {tiny.VALUE} {found} {os.getcwd()}")
    """,
    "shop/__init__.py": "",
    "shop/table.py": "ROWS = 4\n",
    "shop/orders.py": """
        import os

        from prefect import flow
        from prefect.states import Completed

        from . import table
        from .table import ROWS

        @flow
        def orders():
            return Completed(message=f"{ROWS} {os.path.exists(table.__cached__)}")
    """,
    "publish.py": """
        import json, sys

        from qhub.flows import build, deploy

        from prices import prices
        from shop.orders import orders

        built = build(
            [prices, orders],
            image=sys.argv[1],
            push=True,
            builder="chroot",
            requirements="requirements.txt",
        )
        done = [deploy(flow, image=built, build=False) for flow in (prices, orders)]
        print(json.dumps([built.reference, built.code, {one.name: one.id for one in done}]))
    """,
}
COUNTED = """
    import os

    from prefect import flow
    from prefect.states import Completed
    from numbers_of_ours import VALUE

    @flow
    def counted():
        return Completed(message=f"{VALUE} {os.environ['QHUB_CODE_DIGEST']}")
"""
