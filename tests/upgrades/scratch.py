"""Databases beside the tests' own, made, copied and dropped whole."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from pishkhan.upgrades import BriefSchemaEditor

BASE, TRY = "upgrade_base", "upgrade_try"


def first_steps(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """Our 0001s, and all of Django's own."""
    graph = executor.loader.graph
    ours = [key for key in graph.nodes if key[1].startswith("0001_")]
    theirs = [key for key in graph.leaf_nodes() if key[0] in ("auth", "contenttypes")]
    return ours + theirs


class Server:
    """Makes, copies and drops whole databases."""

    def __init__(self) -> None:
        self.default = connections["default"]
        self.sqlite = self.default.vendor == "sqlite"

    def place(self, name: str) -> str:
        return str(Path(settings.DATA_DIR) / name) if self.sqlite else f"{name}_{os.getpid()}"

    def say(self, sql: str) -> None:
        with self.default._nodb_cursor() as cursor:
            cursor.execute(sql)

    def copy(self, source: str, target: str) -> None:
        if self.sqlite:
            shutil.copy(self.place(source), self.place(target))
        else:
            self.say(f"CREATE DATABASE {self.place(target)} TEMPLATE {self.place(source)}")

    def drop(self, name: str) -> None:
        if self.sqlite:
            for file in Path(settings.DATA_DIR).glob(f"{name}*"):
                file.unlink()
        else:
            self.say(f"DROP DATABASE IF EXISTS {self.place(name)} WITH (FORCE)")

    @contextmanager
    def opened(self, name: str) -> Iterator[BaseDatabaseWrapper]:
        connections.databases[name] = deepcopy(self.default.settings_dict) | {"NAME": self.place(name)}
        connection = connections[name]
        if self.sqlite:
            connection.SchemaEditorClass = BriefSchemaEditor  # as `pishkhan migrate` does
        try:
            yield connection
        finally:
            connection.close()
            del connections[name], connections.databases[name]
