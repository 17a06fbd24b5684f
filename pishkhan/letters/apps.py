from importlib import import_module

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "pishkhan.letters"

    def ready(self) -> None:
        import_module("pishkhan.letters.checks")
