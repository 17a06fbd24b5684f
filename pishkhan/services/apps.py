import pkgutil
from importlib import import_module

from django.apps import AppConfig

from pishkhan import services


class ServicesConfig(AppConfig):
    name = "pishkhan.services"

    def ready(self) -> None:
        """Loads every file of this folder: a service is offered because its file is here."""
        for module in pkgutil.iter_modules(services.__path__):
            import_module(f"{services.__name__}.{module.name}")
