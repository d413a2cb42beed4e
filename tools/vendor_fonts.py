"""Check the vendored fonts against their manifest, or take them afresh from a folder.

    python tools/vendor_fonts.py                  every file has the SHA-256 the manifest says
    python tools/vendor_fonts.py --refresh DIR    copy them from DIR (searched through) first

DIR is for example an unpacked Debian package ``fonts-noto-core``. A font with a ``subset``
(comma-separated code points) is cut down to these characters. All are under the SIL Open Font
License 1.1, kept beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.otBase import USE_HARFBUZZ_REPACKER

FOLDER = Path(__file__).parents[1] / "portal" / "core" / "pdf" / "fonts"
MANIFEST = FOLDER / "fonts.json"


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def faults(folder: Path = FOLDER) -> list[str]:
    """What differs between the folder and its manifest, in words; empty when nothing does."""
    entries = json.loads((folder / "fonts.json").read_text("utf-8"))["fonts"]
    found: list[str] = []
    for entry in entries:
        both = (entry["file"], entry["licence"])
        found.extend(f"{name} is missing" for name in both if not (folder / name).is_file())
        path = folder / entry["file"]
        if path.is_file() and sha256_of(path) != entry["sha256"]:
            found.append(f"{entry['file']} is not the file the manifest describes")
    listed = {entry["file"] for entry in entries}
    strangers = {path.name for path in folder.glob("*.[to]tf")} - listed
    return found + [f"{name} is not in the manifest" for name in sorted(strangers)]


def cut_down(font: bytes, code_points: str) -> bytes:
    """The font with these characters only; its dates are left as they are."""
    options = Options()
    options.recalc_timestamp = False
    options.name_IDs = ["*"]
    options.hinting = False
    opened = TTFont(BytesIO(font), recalcTimestamp=False)
    opened.cfg[USE_HARFBUZZ_REPACKER] = False  # the same bytes with and without HarfBuzz
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[int(point, 16) for point in code_points.split(",")])
    subsetter.subset(opened)
    written = BytesIO()
    opened.save(written)
    return written.getvalue()


def refresh(source: Path, folder: Path = FOLDER) -> None:
    """Take every font of the manifest from the source folder and write its new SHA-256."""
    manifest = json.loads((folder / "fonts.json").read_text("utf-8"))
    for entry in manifest["fonts"]:
        origin = next(iter(sorted(source.rglob(entry["file"]))), None)
        if origin is None:
            raise FileNotFoundError(f"{entry['file']} is not under the given folder")
        content = origin.read_bytes()
        if entry.get("subset"):
            content = cut_down(content, entry["subset"])
        (folder / entry["file"]).write_bytes(content)
        entry["sha256"] = hashlib.sha256(content).hexdigest()
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "fonts.json").write_text(text, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Check or refresh the vendored fonts.")
    parser.add_argument("--refresh", type=Path, metavar="DIR", help="folder to take them from")
    arguments = parser.parse_args()
    if arguments.refresh:
        refresh(arguments.refresh)
    problems = faults()
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(list(FOLDER.glob('*.ttf')))} fonts are as the manifest says")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
