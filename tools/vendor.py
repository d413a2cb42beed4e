"""Third-party files we carry: check them against their manifest, or fetch them again.

``python tools/vendor.py --check`` re-hashes every file and exits 1 with the differences.
``python tools/vendor.py`` fetches the packages of the manifests with ``npm pack``, copies the
listed files, rebuilds the icon sprite and writes the new checksums.

A manifest (``vendor.json``) lists packages with name, version, licence, the folder they fill and,
for each file kept, its path inside the package and its SHA-256. A package with ``icons`` also
fills the sprite ``static/icons.svg``, one symbol an icon.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR_FOLDERS = (ROOT / "portal/static/vendor", ROOT / "tests/browser/vendor")
SPRITE = ROOT / "portal/static/icons.svg"
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest_of(vendor: Path) -> dict[str, Any]:
    """The manifest of a vendor folder."""
    manifest: dict[str, Any] = json.loads((vendor / "vendor.json").read_text("utf-8"))
    return manifest


def listed_files(vendor: Path) -> dict[Path, str]:
    """Every file the manifest promises, with the SHA-256 it must have."""
    files: dict[Path, str] = {}
    for package in manifest_of(vendor)["packages"]:
        for name, entry in package["files"].items():
            files[vendor / package["folder"] / name] = entry["sha256"]
        if "icons" in package:
            files[SPRITE] = package["sprite_sha256"]
    return files


def differences(vendor: Path) -> list[str]:
    """What is missing, altered, or present without being listed; empty when all is well."""
    listed = listed_files(vendor)
    found = []
    for path, expected in listed.items():
        if not path.is_file():
            found.append(f"missing: {path.relative_to(ROOT)}")
        elif sha256_of(path) != expected:
            found.append(f"altered: {path.relative_to(ROOT)}")
    present = {p for p in vendor.rglob("*") if p.is_file() and p.name != "vendor.json"}
    found += [f"not listed: {p.relative_to(ROOT)}" for p in sorted(present - set(listed))]
    return found


def unpack(name: str, version: str, into: Path) -> Path:
    """Fetch one published package and return the folder of its content."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}", "--pack-destination", str(into)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (archive,) = into.glob("*.tgz")
    with tarfile.open(archive) as content:
        content.extractall(into, filter="data")
    return into / "package"


def write_sprite(icons: list[str], package: Path) -> None:
    """One SVG file with a symbol for each icon; colour and stroke come from the page."""
    symbols = []
    for icon in sorted(icons):
        shapes = _SHAPES.search((package / "icons" / f"{icon}.svg").read_text("utf-8"))
        if shapes is None:
            raise ValueError(f"icon {icon} holds no drawing")
        drawing = " ".join(shapes.group(1).split()).replace("> <", "><")
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24">{drawing}</symbol>')
    body = "\n".join(symbols)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n', "utf-8")


def refresh_package(package: dict[str, Any], vendor: Path) -> None:
    """Copy the package's listed files anew and note their checksums in ``package``."""
    with tempfile.TemporaryDirectory() as scratch:
        source = unpack(package["name"], package["version"], Path(scratch))
        folder = vendor / package["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        for name, entry in package["files"].items():
            shutil.copyfile(source / entry["from"], folder / name)
            entry["sha256"] = sha256_of(folder / name)
        if "icons" in package:
            write_sprite(package["icons"], source)
            package["sprite_sha256"] = sha256_of(SPRITE)


def refresh(vendor: Path) -> None:
    """Fetch every package of one manifest again and rewrite its checksums."""
    manifest = manifest_of(vendor)
    for package in manifest["packages"]:
        refresh_package(package, vendor)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (vendor / "vendor.json").write_text(text, "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0 when the files are those of the manifests, 1 when they are not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only, change nothing")
    if not parser.parse_args(arguments).check:
        for vendor in VENDOR_FOLDERS:
            refresh(vendor)
    problems = [line for vendor in VENDOR_FOLDERS for line in differences(vendor)]
    print("\n".join(problems) or "Every third-party file is the one its manifest names.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
