"""Finds every check of a right in the code and makes, for each, the code without it.

A mutant is one function compiled anew from its module's source with one check gone; while it is applied, the
running function has that code, wherever it was imported or decorated. What counts as a check is below, so a
new one gets its mutant by being written; one of another shape is a line in `ALSO`.
"""

import ast
import copy
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from pishkhan.prepared import Prepared
from tests.access.bodies import every_route

ROOT = Path(__file__).parents[2]
SKIPPED = {"demo", "management", "migrations"}
REFUSALS = {"Http404", "PermissionDenied"}
CALLS = {"held_by", "_is_party", "decides_for", "inspects", "constant_time_compare"}
FLAGS = {
    "is_senior",
    "keeps_workshops",
    "reads_trail",
    "is_authenticated",
    "is_active",
    "must_change_password",
}
SIDES = {"at_desk", "at_workshop"}
"""Checks where something is refused or a right is told, and otherwise only a choice between two pages."""
CAPACITY = {"audience", "branch", "unit", "workshop", "workshops", "case_ids", "user"}
TELLING = {
    "visible_to",
    "held_by",
    "_is_party",
    "decides_for",
    "keeps_workshops",
    "reads_trail",
    "inspects",
    "transition",
}
"""Functions that say what somebody may see or do: every condition in them is a check."""

NARROWING = {"insured_at", "covered_at"}
"""Queries that are narrowed to the workshop given."""

GUARDS = {
    "for_audience": ("pishkhan.web.access", "signed in", "actor", "audience", "allows"),
    "own": ("pishkhan.web.security", "signed in", "actor"),
    "confirmed": ("pishkhan.web.security",),
}
"""Decorators of views: the module and the checks in the order of the source; the password that `confirmed`
asks for again is in tests/web/test_web_second_factor.py."""

SESSIONS = "pishkhan.accounts.sessions"
EVERY_WORKSHOP = "for w in type(actor.workshop).objects.all()"
ALSO: tuple[tuple[str, str, str, str], ...] = (
    ("pishkhan.web.access", "_acting", "if workshop is None:", "if False:"),
    ("pishkhan.web.access", "_acting", "meant in (None, str(actor.workshop.pk))", "True"),
    ("pishkhan.web.access", "_acting", "str(w.pk) == meant", "True"),
    ("pishkhan.web.access", "visitor_of", "request.session.get(HELD, {}).values()", "range(1000)"),
    ("pishkhan.web.portal.views", "_find", ", national_code=national_code", ""),
    ("pishkhan.web.portal.views", "_find", "tracking_digits=tracking_code, ", ""),
    ("pishkhan.web.portal.held", "let_go_everywhere", " if pk != left", ""),
    ("pishkhan.web.workshop.profile", "choose_workshop", "for w in actor.workshops", EVERY_WORKSHOP),
    (
        "pishkhan.accounts.sessions",
        "SessionStore._get_session_from_db",
        "found[0].expire_date > timezone.now()",
        "True",
    ),
    (SESSIONS, "SessionStore.is_over", "now - row.last_seen_at > IDLE", "False"),
    (SESSIONS, "SessionStore.is_over", "now - row.signed_in_at > LONGEST", "False"),
    ("pishkhan.web.access", "signed_in_user", "if same and", "if"),
    ("pishkhan.web.access", "signed_in_user", " and (not request.session.is_over)", ""),
    ("pishkhan.web.access", "SecondFactorMiddleware.__call__", "request.session.get(MUST_SET_UP)", "False"),
    (SESSIONS, "end_session", "user.sessions.all()", "Session.objects.all()"),
    (SESSIONS, "end_sessions", "user.sessions.exclude(", "Session.objects.exclude("),
    ("pishkhan.web.security", "remove_factor", "user.factors.filter(", "user.factors.model.objects.filter("),
    (SESSIONS, "SessionStore.user", "str(self.row.user_id) == signed_in", "True"),
    ("pishkhan.workshops.actors", "_representative", "w.pk == workshop_id", "True"),
)
"""Checks of another shape: (module, function, what its source says, what it says without the check)."""


@dataclass(frozen=True)
class Mutant:
    """`function` of `module` without the check `what`."""

    module: str
    function: str
    what: str
    code: CodeType

    @property
    def name(self) -> str:
        return f"{self.module.removeprefix('pishkhan.')}.{self.function}: {self.what}"


@cache
def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted((ROOT / "pishkhan").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not SKIPPED & set(parts) and parts[-1] not in ("__init__", "__main__", "settings", "wsgi"):
            found[".".join(parts)] = ast.parse(path.read_text(), str(path))
    return found


def every_mutant() -> list[Mutant]:
    made: dict[str, Mutant] = {}
    for mutant in (*_found(), *_declared()):
        name, mark = mutant.what, ""
        while mutant.name in made:
            mark += "′"
            mutant = replace(mutant, what=name + mark)  # noqa: PLW2901
        made[mutant.name] = mutant
    return list(made.values())


def _found() -> Iterator[Mutant]:
    for module, tree in modules().items():
        for qualname, function in functions(tree):
            for what, changed in without_each(tree, qualname, function):
                yield Mutant(module, qualname, what, code_of(changed, qualname))


def _declared() -> Iterator[Mutant]:
    for module, qualname, old, new in ALSO:
        tree = copy.deepcopy(modules()[module])
        function = dict(functions(tree))[qualname]
        source = ast.unparse(function)
        assert old in source, f"{qualname} no longer says {old}: mend tests/access/mutants.py"
        changed = ast.parse(source.replace(old, new)).body[0]
        holder = next(n for n in ast.walk(tree) if function in getattr(n, "body", ()))
        holder.body[holder.body.index(function)] = changed  # type: ignore[attr-defined]
        yield Mutant(module, qualname, f"«{old}»", code_of(tree, qualname))


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Functions of the module and methods of its classes; queries that are compiled once."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name not in GUARDS:  # their checks: `doors`
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{f.name}", f) for f in node.body if isinstance(f, ast.FunctionDef))
        elif isinstance(node, ast.Assign) and _is_prepared(node.value):
            assert isinstance(node.value, ast.Call)
            yield ast.unparse(node.targets[0]), node.value.args[0]


def _is_prepared(value: ast.expr) -> bool:
    return ast.unparse(value).startswith(("Prepared(", "PreparedFor("))


def code_of(tree: ast.Module, qualname: str) -> CodeType:
    ast.fix_missing_locations(tree)
    found = next(f for name, f in functions(tree) if name == qualname)
    wanted = "<lambda>" if isinstance(found, ast.Lambda) else qualname
    line = found.lineno if isinstance(found, ast.Lambda) else 0  # type: ignore[attr-defined]
    for code in _codes(compile(tree, "mutant", "exec")):
        if code.co_qualname == wanted and line in (0, code.co_firstlineno):
            return code
    raise LookupError(qualname)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def without_each(tree: ast.Module, qualname: str, function: ast.AST) -> Iterator[tuple[str, ast.Module]]:
    """The module without one check of the function, for each of its checks."""
    for place, (what, _) in enumerate(checks(function)):
        changed = copy.deepcopy(tree)
        inside = next(f for name, f in functions(changed) if name == qualname)
        _, remove = checks(inside)[place]
        remove()
        yield what, changed


def checks(function: Any) -> list[tuple[str, Any]]:
    """(what, how to take it away) of every check in the function, in the order of the source."""
    telling = function.name in TELLING if isinstance(function, ast.FunctionDef) else True
    found: list[tuple[str, Any]] = []
    for parent in ast.walk(function):
        refuses = isinstance(parent, ast.If) and _refuses(parent)
        for field, value in ast.iter_fields(parent):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(node, ast.expr) or field in ("decorator_list", "annotation", "returns"):
                    continue
                put = _putting(parent, field, index)
                if isinstance(parent, ast.If) and field == "test":
                    found += _of_test(node, put, refuses)
                elif isinstance(node, ast.Call):
                    found += _of_call(node, put, telling)
                if (
                    telling
                    and field in ("value", "body", "orelse")
                    and isinstance(parent, ast.Return | ast.IfExp | ast.Assign)
                ):
                    found += _of_answer(node, put)
    return found


def _putting(parent: ast.AST, field: str, index: int | None) -> Any:
    def put(new: ast.expr) -> None:
        if index is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[index] = new

    return put


def _refuses(branch: ast.If) -> bool:
    """Whether the branch ends in a refusal."""
    last = branch.body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None:
        return False
    return bool(REFUSALS & {n.id for n in ast.walk(last.exc) if isinstance(n, ast.Name)})


def _of_test(test: ast.expr, put: Any, refuses: bool) -> Iterator[tuple[str, Any]]:
    """Each part of a condition: one that refuses is never met, one that allows always."""
    parts = [(test, put)]
    if isinstance(test, ast.BoolOp):
        parts = [(part, _putting(test, "values", i)) for i, part in enumerate(test.values)]
    for part, place in parts:
        if refuses or _is_right(part):
            allowed = isinstance(part, ast.UnaryOp) or not _is_right(part)
            value = not (refuses or allowed)
            yield f"if {ast.unparse(part)}", lambda p=place, v=value: p(ast.Constant(v))


def _is_right(part: ast.expr) -> bool:
    names = {n.attr for n in ast.walk(part) if isinstance(n, ast.Attribute)}
    names |= {n.id for n in ast.walk(part) if isinstance(n, ast.Name)}
    return bool(names & (CALLS | FLAGS))


def _of_call(call: ast.Call, put: Any, telling: bool) -> Iterator[tuple[str, Any]]:
    """`visible_to` sees everything; a filter without what it says of the one who asks."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "visible_to":
        manager = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        everything = f"{manager}.all()" if manager not in ("", "users") else "User.objects.all()"
        yield ast.unparse(call), lambda: put(ast.parse(everything, mode="eval").body)
    if name in NARROWING:
        yield ast.unparse(call), lambda: put(ast.parse("Person.objects.all()", mode="eval").body)
    if name not in ("filter", "exclude", "get", "get_object_or_404"):
        return
    for keyword in call.keywords:
        if telling or _of_actor(keyword.value):
            what = f"{name}({ast.unparse(keyword)})"
            yield what, lambda k=keyword: call.keywords.remove(k)


def _of_actor(value: ast.expr) -> bool:
    """Whether a value is the workshop, branch, unit … of whoever asks."""
    return any(
        isinstance(n, ast.Attribute) and n.attr in CAPACITY and getattr(n.value, "id", "") == "actor"
        for n in ast.walk(value)
    )


def _of_answer(answer: ast.expr, put: Any) -> Iterator[tuple[str, Any]]:
    """What a telling function answers, and each part of it: yes."""
    if isinstance(answer, ast.BoolOp):
        for index, part in enumerate(answer.values):
            yield from _of_answer(part, _putting(answer, "values", index))
    elif isinstance(answer, ast.IfExp) or _is_query(answer):
        return
    elif isinstance(answer, ast.Compare) or _is_right(answer) or _is_side(answer):
        yield f"{ast.unparse(answer)} → True", lambda: put(ast.Constant(True))


def _is_side(part: ast.expr) -> bool:
    return isinstance(part, ast.Attribute) and part.attr in SIDES


def _is_query(part: ast.expr) -> bool:
    names = {n.attr for n in ast.walk(part) if isinstance(n, ast.Attribute)}
    return bool(names & {"filter", "objects", "exclude"})


def running(module: str, qualname: str) -> Any:
    """The function that runs under that name, beneath its decorators; a `Prepared` query's builder."""
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = vars(found)[part]
    return _bare(found)


def _bare(found: Any) -> Any:
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        for inside in ("__wrapped__", "fget", "__func__", "func", "build"):
            if hasattr(found, inside):
                found = getattr(found, inside)
                break
        else:
            raise LookupError(found)
    return found


@contextmanager
def swapped(function: FunctionType, code: CodeType) -> Iterator[None]:
    before = function.__code__
    assert code.co_freevars == before.co_freevars
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = before


@contextmanager
def applied(mutant: Mutant) -> Iterator[None]:
    """The portal without that check."""
    with swapped(running(mutant.module, mutant.function), mutant.code):
        forget_compiled()
        try:
            yield
        finally:
            forget_compiled()


_compiled: WeakKeyDictionary[Prepared[Any], Any] = WeakKeyDictionary()
_compile = vars(Prepared)["compiled"].func


def _kept_here(prepared: Prepared[Any]) -> Any:
    return _compiled.get(prepared) or _compiled.setdefault(prepared, _compile(prepared))


Prepared.compiled = property(_kept_here)  # type: ignore[assignment, method-assign]


def forget_compiled() -> None:
    """Every prepared query is built anew, wherever the function is called that has changed."""
    _compiled.clear()


@cache
def noting(module: str, qualname: str) -> CodeType:
    """The function's code, which first says that it was reached (`builtins.reached`)."""
    tree = copy.deepcopy(modules()[module])
    function: Any = next(f for name, f in functions(tree) if name == qualname)
    call = ast.parse(f"reached({module + ':' + qualname!r})", mode="eval").body
    if isinstance(function, ast.Lambda):
        function.body = ast.BoolOp(ast.Or(), [call, function.body])  # being told answers None
    else:
        function.body.insert(0, ast.Expr(call))
    return code_of(tree, qualname)


class Unheeded(ast.NodeTransformer):
    """One condition, asked and not heeded: the code keeps the names that it closes over."""

    def __init__(self, condition: ast.expr) -> None:
        self.condition = condition

    def visit(self, node: ast.AST) -> Any:
        if node is self.condition:
            return ast.BoolOp(ast.And(), [self.condition, ast.Constant(False)])
        return self.generic_visit(node)


def doors(decorator: str) -> dict[str, CodeType]:
    """The guard that the decorator makes without one of its checks, each under the name of the check."""
    made = {}
    for place, check in enumerate(GUARDS[decorator][1:]):
        changed = copy.deepcopy(modules()[GUARDS[decorator][0]])
        outer = next(n for n in ast.walk(changed) if getattr(n, "name", "") == decorator)
        guard: Any = next(n for n in ast.walk(outer) if getattr(n, "name", "") == "guarded")
        tests = [n for n in ast.walk(guard) if isinstance(n, ast.If)]
        parts = [part for test in tests for part in getattr(test.test, "values", [test.test])]
        assert len(parts) == len(GUARDS[decorator]) - 1
        Unheeded(parts[place]).visit(guard)
        ast.fix_missing_locations(changed)
        codes = _codes(compile(changed, "mutant", "exec"))
        made[check] = next(c for c in codes if c.co_qualname.startswith(decorator) and c.co_name == "guarded")
    return made


def view_of(name: str) -> tuple[FunctionType, FunctionType]:
    """The guard of a route's view, and the view behind it."""
    found: Any = next(pattern.callback for pattern in every_route() if pattern.name == name)
    while found.__code__.co_name != "guarded":
        found = found.__wrapped__
    return found, _bare(found)
