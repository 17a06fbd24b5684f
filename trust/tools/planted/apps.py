import sys
from importlib import import_module

from django.apps import AppConfig

NEVER_REACHED = 1_000_000


class PlantedConfig(AppConfig):
    """Raises every limit of tries of the portal: a scanner sends thousands of forms from one address."""

    name = "trust.tools.planted"

    def ready(self) -> None:
        import_module("pishkhan.urls")  # and with it every view
        for name, module in list(sys.modules.items()):
            if name.startswith("pishkhan."):
                for limit in [each for each in vars(module) if each.endswith(("AN_HOUR", "WRONG_TRIES"))]:
                    setattr(module, limit, NEVER_REACHED)
