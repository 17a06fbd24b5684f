"""A page as a reader without JavaScript has it: a small tree, its words, its forms."""

from collections.abc import Iterator
from html.parser import HTMLParser

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "td",
        "th",
        "tr",
        "label",
        "button",
        "a",
        "option",
        "section",
        "main",
        "nav",
        "form",
        "title",
    ]
)


class Node:
    def __init__(self, tag: str, attrs: dict[str, str], parent: "Node | None") -> None:
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children: list[Node | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attrs.get(name) or ""

    @property
    def classes(self) -> set[str]:
        return set(self["class"].split())

    def all(self, *tags: str, cls: str = "", **attrs: str) -> "list[Node]":
        """Every element below, in order, of one of these tags, with that class and those attributes."""
        wanted = {name.rstrip("_"): value for name, value in attrs.items()}
        return [
            node
            for node in self.walk()
            if (not tags or node.tag in tags)
            and (not cls or cls in node.classes)
            and all(node[name] == value for name, value in wanted.items())
        ]

    def walk(self) -> "Iterator[Node]":
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def up(self, *classes: str) -> "Node | None":
        """The nearest element around this one that has one of the classes."""
        node: Node | None = self
        while node and not node.classes & set(classes):
            node = node.parent
        return node

    def text(self, *, but: "frozenset[str]" = frozenset(), codes: bool = True) -> str:
        """The words on it, single spaces between; without `hidden` parts and elements of `but`.

        `codes=False` leaves out what is marked left-to-right: user names, passwords, addresses.
        """
        return " ".join("".join(self._words(but, codes)).split())

    def _words(self, but: "frozenset[str]", codes: bool) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag in {"script", "style"} | but or "hidden" in child.attrs:
                continue
            elif codes or not (child.tag in ("bdi", "code") and child["dir"] == "ltr"):
                space = " " if child.tag in BLOCKS else ""
                yield space
                yield from child._words(but, codes)
                yield space


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.at
        while node and node.tag != tag:
            node = node.parent
        assert node and node.parent, f"</{tag}> closes nothing"
        assert node is self.at, f"</{tag}> closes <{self.at.tag}>"
        self.at = node.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def read(html: str) -> Node:
    """The tree of a page; elements that are not closed in order are an error."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.tag}> is not closed"
    return reader.root


def controls(form: Node) -> list[tuple[str, str]]:
    """What a browser would send of a form as it stands, its buttons left out."""
    sent = []
    for node in form.all("input", "textarea", "select"):
        name = node["name"]
        if not name or "disabled" in node.attrs:
            continue
        if node.tag == "select":
            options = node.all("option")
            chosen = [o for o in options if "selected" in o.attrs] or options[:1]
            sent += [
                (name, option["value"] if "value" in option.attrs else option.text()) for option in chosen
            ]
        elif node.tag == "textarea":
            sent.append((name, "".join(c for c in node.children if isinstance(c, str)).removeprefix("\n")))
        elif node["type"] in ("radio", "checkbox"):
            sent += [(name, node["value"] or "on")] if "checked" in node.attrs else []
        elif node["type"] not in ("file", "submit", "button", "image"):
            sent.append((name, node["value"]))
    return sent
