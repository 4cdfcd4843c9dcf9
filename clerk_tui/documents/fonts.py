"""Fonts of Chinese text on this machine, for PDF: known places per system, or the folder that a setting names."""

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_tui.rules.refusal import Refusal

if TYPE_CHECKING:
    import typst

SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "FangSong",
    "Songti SC",
    "STSong",
    "AR PL UMing CN",
)
SANS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Heiti SC",
    "STHeiti",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
RARE = (
    "SimSun-ExtB",
    "SimSun-ExtG",
    "HanaMinA",
    "HanaMinB",
    "Plangothic P1",
    "Plangothic P2",
    "TH-Tshyn-P0",
    "TH-Tshyn-P1",
    "TH-Tshyn-P2",
    "BabelStone Han",
    "MingLiU-ExtB",
    "PMingLiU-ExtB",
    "Songti TC",
)
"""Fonts for the characters of names that the others lack (extensions B and later)."""

_PLACES = {
    "win32": ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "linux": (
        "/usr/share/fonts/opentype/noto",
        "/usr/share/fonts/opentype/source-han-serif",
        "/usr/share/fonts/opentype/source-han-sans",
        "/usr/share/fonts/noto-cjk",
        "/usr/share/fonts/google-noto-cjk",
        "/usr/share/fonts/google-noto-serif-cjk-vf-fonts",
        "/usr/share/fonts/google-noto-sans-cjk-vf-fonts",
        "/usr/share/fonts/adobe-source-han-serif",
        "/usr/share/fonts/truetype/wqy",
        "/usr/share/fonts/truetype/arphic",
        "/usr/share/fonts/truetype/hanazono",
        "/usr/share/fonts/hanazono",
        "/usr/share/fonts/chinese",
        "/usr/share/fonts/winfonts",
        "/usr/local/share/fonts",
        "~/.local/share/fonts",
        "~/.fonts",
    ),
}


@dataclass(frozen=True)
class FoundFonts:
    """Loaded once per program. `serif` and `sans` are family names in the order in which a character is looked for."""

    loaded: "typst.Fonts"
    serif: tuple[str, ...]
    sans: tuple[str, ...]


def find(folder: Path | None = None, *, platform: str = sys.platform) -> FoundFonts:
    """The fonts of the folder that a setting names, else of the system's known places.

    Raises Refusal pdf_missing (the extra is not installed), font_missing.
    """
    return _find(tuple(places(folder, platform)))


def places(folder: Path | None, platform: str) -> list[Path]:
    """Folders that are there and may hold a Chinese font; the named folder comes first."""
    known = _PLACES.get(platform, _PLACES["linux"])
    every = [*([folder] if folder else []), *(Path(place).expanduser() for place in known)]
    return [place for place in every if place.is_dir()]


@lru_cache(maxsize=4)
def _find(folders: tuple[Path, ...]) -> FoundFonts:
    try:
        import typst
    except ImportError as error:
        raise Refusal(
            "pdf_missing",
            "本机没有装 PDF 排版, 改用网页文书",
            '请信息人员安装 clerk-tui[pdf], 或在设置中写 paper_format = "html"',
        ) from error
    loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders))
    families = set(loaded.families())
    serif = [name for name in SERIF if name in families]
    sans = [name for name in SANS if name in families]
    rare = [name for name in RARE if name in families]
    if not serif and not sans:
        raise Refusal(
            "font_missing",
            "本机没有找到中文字体, 不能排 PDF, 改用网页文书",
            "请安装中文字体(如 fonts-noto-cjk), 或在设置中写 fonts_folder",
        )
    return FoundFonts(loaded, (*serif, *sans, *rare), (*sans, *serif, *rare))
