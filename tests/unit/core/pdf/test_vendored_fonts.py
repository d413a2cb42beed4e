"""The vendored fonts are the ones the manifest describes, with their licence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portal.core.pdf.typefaces import FOLDER, FontFile, vendored_fonts
from tools import vendor_fonts


def test_every_font_is_as_the_manifest_says() -> None:
    assert vendor_fonts.faults() == []


@pytest.mark.parametrize("font", vendored_fonts(), ids=lambda font: font.file)
def test_a_font_comes_under_the_open_font_license(font: FontFile) -> None:
    licence = (FOLDER / font.licence).read_text("utf-8")
    assert "SIL Open Font License, Version 1.1" in licence
    with TTFont(font.path) as opened:
        assert str(opened["name"].getDebugName(0)).split(".")[0] in licence


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "fonts"))


def test_a_changed_a_missing_and_a_strange_font_are_told(copy: Path) -> None:
    (copy / "NotoSans-Bold.ttf").write_bytes(b"something else")
    (copy / "NotoSans-Italic.ttf").unlink()
    (copy / "Comic.ttf").write_bytes(b"")
    assert vendor_fonts.faults(copy) == [
        "NotoSans-Bold.ttf is not the file the manifest describes",
        "NotoSans-Italic.ttf is missing",
        "Comic.ttf is not in the manifest",
    ]


def test_refreshing_from_the_same_fonts_changes_nothing(copy: Path) -> None:
    before = (copy / "fonts.json").read_bytes()
    vendor_fonts.refresh(FOLDER, copy)
    assert vendor_fonts.faults(copy) == []
    assert (copy / "fonts.json").read_bytes() == before


def test_a_font_that_is_not_there_is_named(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="NotoSans-Regular"):
        vendor_fonts.refresh(tmp_path / "empty", copy)
