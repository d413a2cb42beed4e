"""Writes docs/security/audiences.csv from what the endpoints declare; read the diff before you commit it."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from portal import create_app
from portal.core.web.audience import audience_of

TABLE = Path(__file__).resolve().parent.parent / "docs" / "security" / "audiences.csv"


def main() -> int:
    """Write the table."""
    app = create_app()
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.endpoint, set()).update(
            (rule.methods or set()) - {"HEAD", "OPTIONS"}
        )
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["endpoint", "methods", "audience"])
        for endpoint in sorted(methods):
            who = audience_of(app.view_functions[endpoint])
            writer.writerow([endpoint, " ".join(sorted(methods[endpoint])), who])
    return 0


if __name__ == "__main__":
    sys.exit(main())
