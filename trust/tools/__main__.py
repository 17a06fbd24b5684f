"""python -m trust.tools [--long] [bandit|semgrep|sbom|schemathesis|sqlmap|wapiti …]: all, unless named."""

import argparse
import os
import signal
import sys
import tempfile
import time
from importlib import import_module

from .serving import serving

STATIC, SCANNERS = ("bandit", "semgrep", "sbom"), ("schemathesis", "sqlmap", "wapiti")
"""What looks at the files, and what needs a running portal, each time a new one."""


def run(name: str, long: bool) -> bool:
    tool = import_module(f"trust.tools.{name}")
    if name in STATIC:
        return bool(tool.run(long))
    with serving() as portal:
        good = tool.run(portal, long)
        if errors := portal.errors():
            print(f"✗ {len(errors)} addresses answered 500: {', '.join(errors[:10])}")
            print(portal.first_error())
        return bool(good and not errors)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m trust.tools", description=__doc__)
    parser.add_argument("--long", action="store_true", help="every parameter, more payloads, more pages")
    parser.add_argument("tools", nargs="*", choices=[[], *STATIC, *SCANNERS], help="all, when none is named")
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that its servers end with it
    broken = []
    with tempfile.TemporaryDirectory() as folder:
        # This process reads the portal's addresses and declarations, and no data.
        os.environ |= {"DJANGO_SETTINGS_MODULE": "pishkhan.settings", "PISHKHAN_DATA_DIR": folder}
        import_module("django").setup()
        for name in asked.tools or [*STATIC, *SCANNERS]:
            began = time.monotonic()
            good = run(name, asked.long)
            print(f"{'✓' if good else '✗'} {name}: {time.monotonic() - began:.0f} s", flush=True)
            broken += [] if good else [name]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
