"""The `pishkhan` command: Django's commands and the project's own under one name."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
    os.umask(0o077)  # what is written here are identity papers: for the portal's own user alone
    from django.core.management import execute_from_command_line  # noqa: PLC0415 settings first

    execute_from_command_line(["pishkhan", *sys.argv[1:]])


if __name__ == "__main__":
    main()
