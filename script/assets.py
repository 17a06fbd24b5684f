"""Build build/assets/vendor/ from node_modules: the stylesheet, the font, the icons and the PDF reader that
the pages load; and build/fonts/, the fonts that letters are printed with, which are not served.

Run by script/install.sh with the virtual environment's Python; does nothing when its inputs have not changed.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "build" / "assets" / "vendor"
FONTS = ROOT / "build" / "fonts"
STAMP = ROOT / "build" / "assets.stamp"

STYLESHEET = PACKAGES / "bootstrap/dist/css/bootstrap.rtl.min.css"
FONT = PACKAGES / "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2"
PRINTED = [PACKAGES / f"vazirmatn/fonts/ttf/Vazirmatn-{weight}.ttf" for weight in ("Regular", "Bold")]
# The build for older browsers, and a decoder of JPEG 2000 that needs no WebAssembly.
PDF = [
    PACKAGES / "pdfjs-dist/legacy/build/pdf.min.mjs",
    PACKAGES / "pdfjs-dist/legacy/build/pdf.worker.min.mjs",
    PACKAGES / "pdfjs-dist/wasm/openjpeg_nowasm_fallback.js",
]
ICONS = PACKAGES / "bootstrap-icons/icons"
ICON_NAMES = ROOT / "pishkhan/web/icons.txt"

# What a Persian page writes: ASCII, the Persian and Arabic letters with their marks and both rows of digits,
# and punctuation. The joined shapes of the letters come with them through the font's layout features;
# the ligatures of the presentation blocks (ﷲ, ﷼, لا) are asked for by themselves.
CHARACTERS = (
    set(range(0x20, 0x7F))
    | set(range(0x0600, 0x0670))
    | {0x0670, 0x0679, 0x067E, 0x0686, 0x0688, 0x0691, 0x0698, 0x06A9, 0x06AF, 0x06BE, 0x06C0, 0x06C1, 0x06CC}
    | {0x06D5}
    | set(range(0x06F0, 0x06FA))
    | set(range(0xFEF5, 0xFEFD))
    | {ord(character) for character in "«»‹›“”‘’–—…•·×÷±−≤≥°№ﷲ﷼\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f"}
)
# Small capitals, old-style and fraction figures: no page asks for them, and they bring glyphs of their own.
UNUSED_FEATURES = {"smcp", "c2sc", "onum", "frac", "numr", "dnom", "unic"}
FONT_LIMIT = 60_000


class BuildError(Exception):
    """Something that the assets are made of is missing or does not fit; said in one line."""


def fingerprint() -> str:
    digest = hashlib.sha256()
    for file in (Path(__file__), ICON_NAMES, STYLESHEET, FONT, *PRINTED, *PDF, ICONS.parent / "package.json"):
        if not file.exists():
            raise BuildError(
                f"{file.relative_to(ROOT)} is missing: run script/install.sh, which calls npm ci"
            )
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def build_stylesheet() -> Path:
    """Bootstrap's right-to-left build without the reference to a map that is not served."""
    target = VENDOR / "bootstrap.rtl.min.css"
    css = STYLESHEET.read_text(encoding="utf-8")
    target.write_text(re.sub(r"\s*/\*# sourceMappingURL=.*?\*/\s*", "\n", css), encoding="utf-8")
    return target


def build_font() -> Path:
    """The variable Vazirmatn with the glyphs that these pages need."""
    from fontTools import subset  # noqa: PLC0415 slow to import, and seldom needed

    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["prep", "gasp"]
    font = subset.load_font(str(FONT), options)
    present = {
        record.FeatureTag for tag in ("GSUB", "GPOS") for record in font[tag].table.FeatureList.FeatureRecord
    }
    options.layout_features = sorted(present - UNUSED_FEATURES)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    target = VENDOR / "vazirmatn.woff2"
    subset.save_font(font, str(target), options)
    size = target.stat().st_size
    if size >= FONT_LIMIT:
        raise BuildError(f"{target.name} has {size} bytes; at most {FONT_LIMIT} are meant")
    return target


def copy(files: list[Path], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copy(file, folder / file.name)) for file in files]


def symbol(name: str) -> str:
    file = ICONS / f"{name}.svg"
    if not file.exists():
        raise BuildError(f"bootstrap-icons has no icon '{name}', which {ICON_NAMES.relative_to(ROOT)} names")
    drawing = re.fullmatch(r"\s*<svg[^>]*>(.*)</svg>\s*", file.read_text(encoding="utf-8"), re.DOTALL)
    if drawing is None:
        raise BuildError(f"the file of the icon '{name}' is not understood")
    shapes = re.sub(r"\s*\n\s*", "", drawing[1])
    return f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{shapes}</symbol>'


def build_icons() -> Path:
    """One sprite of the icons in pishkhan/web/icons.txt, used as `icons.svg#name`."""
    names = sorted(set(ICON_NAMES.read_text(encoding="utf-8").split()))
    target = VENDOR / "icons.svg"
    symbols = "\n".join(symbol(name) for name in names)
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8")
    return target


def main() -> int:
    try:
        inputs = fingerprint()
        made = [len(list(folder.glob("*.*"))) for folder in (VENDOR, VENDOR / "pdf", FONTS)]
        if STAMP.exists() and STAMP.read_text() == inputs and made == [3, len(PDF), len(PRINTED)]:
            return 0
        VENDOR.mkdir(parents=True, exist_ok=True)
        copied = copy(PRINTED, FONTS) + copy(PDF, VENDOR / "pdf")
        for file in (build_stylesheet(), build_font(), build_icons(), *copied):
            print(f"  {file.relative_to(ROOT)}: {file.stat().st_size:,} bytes")
        STAMP.write_text(inputs)
    except BuildError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
