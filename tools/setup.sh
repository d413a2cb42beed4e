#!/usr/bin/env bash
# Makes a bare checkout ready: system packages if they are missing, .venv from the lock file.
# With --dev also what the tests need. Does nothing when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."
dev=${1:-}

missing=()
have_library() { /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }
have_library libpangoft2-1.0.so.0 || missing+=(libpangoft2-1.0-0)
have_library libharfbuzz-subset.so.0 || missing+=(libharfbuzz-subset0)
[ -x .venv/bin/python ] || python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ "$dev" = --dev ]; then
  command -v chromium >/dev/null || missing+=(chromium)
  have_library libatomic.so.1 || missing+=(libatomic1)  # what Playwright's driver is linked to
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  command -v qpdf >/dev/null || missing+=(qpdf)
fi

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then become=(); elif sudo -n true 2>/dev/null; then become=(sudo -n); else
    echo "Please install these Debian packages, then try again: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "Installing system packages: ${missing[*]}"
  "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

lock=requirements.lock
[ "$dev" = --dev ] && lock=requirements-dev.lock
# What is ready is ready for this lock, in this folder: an environment that was moved is made anew.
mark=$(cat "$lock" pyproject.toml <(pwd) | sha256sum | cut -c1-16)
wide=$(cat requirements-dev.lock pyproject.toml <(pwd) | sha256sum | cut -c1-16)
if [ -e ".venv/ready-$mark" ] || [ -e ".venv/ready-$wide" ]; then exit 0; fi

echo "Preparing the Python environment (.venv); about half a minute the first time"
if [ ! -x .venv/bin/pip ] || [ "$(sed -n '1s/^#!//p' .venv/bin/pip)" != "$PWD/.venv/bin/python3" -a "$(sed -n '1s/^#!//p' .venv/bin/pip)" != "$PWD/.venv/bin/python" ]; then
  python3 -m venv --clear .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch ".venv/ready-$mark"
