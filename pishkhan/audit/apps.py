from importlib import import_module

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "pishkhan.audit"

    def ready(self) -> None:
        import_module("pishkhan.audit.checks")
