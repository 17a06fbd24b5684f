"""Print docs/guide/guide.pdf from the chapters beside it. Run by script/guide."""

import sys
from pathlib import Path

import typst

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "guide"
LIMITS = {"pictures": 3_000_000, "guide.pdf": 4_000_000}


def main() -> int:
    pdf = typst.compile(
        GUIDE / "guide.typ",
        root=GUIDE,
        font_paths=[ROOT / "build" / "fonts"],
        ignore_system_fonts=True,
        package_path=GUIDE,  # there are no packages, and none is fetched
        package_cache_path=GUIDE,
    )
    (GUIDE / "guide.pdf").write_bytes(pdf)
    sizes = {
        "pictures": sum(file.stat().st_size for file in (GUIDE / "pictures").iterdir()),
        "guide.pdf": len(pdf),
    }
    for name, size in sizes.items():
        print(f"  {name}: {size:,} bytes (at most {LIMITS[name]:,})")
    return int(any(size > LIMITS[name] for name, size in sizes.items()))


if __name__ == "__main__":
    sys.exit(main())
