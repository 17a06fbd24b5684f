from importlib import import_module

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "pishkhan.demo"

    def ready(self) -> None:
        import_module("pishkhan.demo.checks")
