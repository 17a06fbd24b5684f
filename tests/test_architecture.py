"""The rules of the design that no type checker knows, held by reading the code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ROOT / "pishkhan"
FILES = sorted(
    file
    for file in PRODUCT.rglob("*.py")
    if "migrations" not in file.parts and "node_modules" not in file.parts
)
LONGEST_FILE, LONGEST_FUNCTION, MEAN_FUNCTION = 400, 50, 10  # lines
VAGUE = {"utils", "util", "common", "core", "helpers", "helper", "manager", "managers", "misc", "signals"}

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "raw",
    "cursor",
    "execute",
    "executemany",
    "select_for_update",
    *("asave", "acreate", "aupdate", "adelete", "abulk_create", "aget_or_create", "aupdate_or_create"),
}
# Calls of these names that write nothing: file, source of the call, why.
ALLOWED = {
    ("web/templating.py", "env.globals.update"),  # a dictionary of the template engine
    ("web/templating.py", "env.filters.update"),
    ("web/uploads.py", "self.digest.update"),  # SHA-256 of what arrives
    ("web/entering.py", "request.session.save"),  # before the sign-in is committed
    ("web/health.py", "Session.objects.filter(pk='').update"),  # changes no row: whether one could be changed
}


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def place(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(ROOT)}:{node.lineno}"


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return node.end_lineno - node.lineno + 1


def writes_in(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in WRITES)
            or (isinstance(node.func, ast.Name) and node.func.id == "insert")  # of `pishkhan.prepared`
        ):
            yield node, ast.unparse(node.func)


def modules_imported(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def test_the_arrows_between_the_folders_go_down_only():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_screens_never_write():
    found = [
        f"{place(file, node)}: {call}()"
        for file in FILES
        if file.is_relative_to(PRODUCT / "web")
        for node, call in writes_in(tree_of(file))
        if (str(file.relative_to(PRODUCT)), call) not in ALLOWED
    ]
    assert found == [], "call an operation instead"


@pytest.mark.parametrize(
    "code",
    [
        "case.save()",
        "insert(case)",
        "Case.objects.create(state=1)",
        "Case.objects.filter(pk=1).update(state=1)",
        "Case.objects.visible_to(actor).delete()",
        "Case.objects.get_or_create(pk=1)",
        "Case.objects.raw('DELETE FROM cases_case')",
        "connection.cursor()",
    ],
)
def test_a_write_in_a_screen_would_be_noticed(code):
    assert list(writes_in(ast.parse(code)))


def test_every_allowed_call_is_still_there():
    there = {
        (str(file.relative_to(PRODUCT)), call)
        for file in FILES
        if file.is_relative_to(PRODUCT / "web")
        for _, call in writes_in(tree_of(file))
    }
    assert there >= ALLOWED, "take what is gone off the list"


def test_screens_do_not_import_what_builds_queries_by_hand():
    found = [
        f"{place(file, node)}: {name}"
        for file in FILES
        if file.is_relative_to(PRODUCT / "web")
        and file.name != "health.py"
        and "management" not in file.parts
        for node, name in modules_imported(tree_of(file))
        if name in {"django.db.connection", "django.db.connections", "django.db.models.expressions.RawSQL"}
    ]
    assert found == []


def test_no_file_is_longer_than_400_lines():
    lines = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in FILES}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_function_is_longer_than_50_lines_and_their_mean_is_at_most_10():
    lengths = {
        f"{place(file, node)} {node.name}": length(node)
        for file in FILES
        for node in functions(tree_of(file))
    }
    assert {name: count for name, count in lengths.items() if count > LONGEST_FUNCTION} == {}
    longest = sorted(lengths, key=lengths.__getitem__, reverse=True)[:15]
    mean = sum(lengths.values()) / len(lengths)
    assert mean <= MEAN_FUNCTION, f"mean {mean:.1f} lines; the longest: {[(n, lengths[n]) for n in longest]}"


def test_no_module_has_a_name_that_says_nothing():
    named = {*FILES, *(file.parent for file in FILES)}
    assert [str(path.relative_to(ROOT)) for path in sorted(named) if path.stem in VAGUE] == []


def test_verbs_live_in_operations_and_not_in_services():
    assert [str(file.relative_to(ROOT)) for file in FILES if file.name == "services.py"] == []


def test_nothing_listens_to_djangos_signals():
    watched = (
        "django.dispatch",
        "django.db.models.signals",
        "django.core.signals",
        "django.db.backends.signals",
    )
    watched += ("django.contrib.auth.signals", "django.test.signals")
    found = [
        f"{place(file, node)}: {name}"
        for file in FILES
        for node, name in modules_imported(tree_of(file))
        if name.startswith(watched) or name.endswith(".signals")
    ]
    assert found == []


def test_no_error_is_swallowed_by_a_bare_except():
    found = [
        place(file, node)
        for file in FILES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert found == []


def test_a_new_service_needs_no_migration():
    from pishkhan.cases.models import Case  # noqa: PLC0415 - models need Django to be ready

    for column in ("service_code", "begun_by", "state", "unit"):
        assert Case._meta.get_field(column).choices is None, column


def test_one_service_is_one_file():
    from pishkhan.catalogue.service import every_service  # noqa: PLC0415

    homes = [type(service).__module__ for service in every_service()]
    assert len(homes) == len(set(homes))
    assert all(home.startswith("pishkhan.services.") for home in homes)
    offered = {f"pishkhan.services.{file.stem}" for file in (PRODUCT / "services").glob("*.py")}
    assert set(homes) == offered - {"pishkhan.services.__init__", "pishkhan.services.apps"}


def test_nothing_asks_which_service_a_case_is_of():
    """Knowledge of a kind stays in its file: no comparison with a service's code outside it."""
    from pishkhan.catalogue.service import every_service  # noqa: PLC0415

    codes = {service.code for service in every_service()}
    found = [
        place(file, node)
        for file in FILES
        if "services" not in file.parts and "demo" not in file.parts
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Constant) and node.value in codes
    ]
    assert found == []
