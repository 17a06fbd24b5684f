from importlib import import_module

from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "pishkhan.keeping"

    def ready(self) -> None:
        import_module("pishkhan.keeping.checks")
