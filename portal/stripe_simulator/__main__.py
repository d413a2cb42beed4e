"""`python -m portal.stripe_simulator`: answer as Stripe on loopback."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from portal.stripe_simulator.server import NotLoopback, run


def main() -> int:
    """Read the command line and serve; 2 when it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m portal.stripe_simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="loopback only")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="the SQLite file that remembers")
    parser.add_argument("--webhook-url", required=True, help="where events are posted")
    parser.add_argument("--webhook-secret", required=True, help="what they are signed with")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        run(given.port, given.state, given.webhook_url, given.webhook_secret, given.host)
    except (NotLoopback, ValueError) as error:
        parser.error(str(error))
    except OSError as error:
        sys.stderr.write(f"cannot listen: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
