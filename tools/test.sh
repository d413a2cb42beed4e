#!/usr/bin/env bash
# All tests on the embedded PostgreSQL; the integration tests again on the system's 15 when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -m pytest -q -n 2 --dist loadgroup "$@"
system=/usr/lib/postgresql/15/bin
if [ -x "$system/postgres" ] && [ $# -eq 0 ]; then
  echo "The integration tests again, on the system's PostgreSQL 15"
  PG_BINDIR=$system .venv/bin/python -m pytest -q -n 2 --dist loadgroup tests/integration
fi
