#!/usr/bin/env bash
# All tests on the embedded PostgreSQL; the integration tests again on the system's 15 when it is there
# (but for the simulator, which has no PostgreSQL, and the killed processes, which are about ours).
# The browser tests are a run of their own: Playwright keeps an event loop in its process.
set -euo pipefail
cd "$(dirname "$0")/.."
run() { .venv/bin/python -m pytest -q -n 2 "$@"; }
if [ $# -gt 0 ]; then
  run --dist loadgroup "$@"
  exit
fi
run --dist loadgroup tests/unit tests/contract tests/sandbox tests/integration tests/architecture
echo "In a real browser, on the whole house"
run --dist loadfile tests/browser
system=/usr/lib/postgresql/15/bin
if [ -x "$system/postgres" ]; then
  echo "The integration tests again, on the system's PostgreSQL 15"
  PG_BINDIR=$system run --dist loadgroup tests/integration \
    --ignore=tests/integration/stripe --ignore=tests/integration/scenarios
fi
