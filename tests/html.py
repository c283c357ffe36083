"""A page as a test reads it: its elements, what they are called, and where they point."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"input", "img", "link", "meta", "br", "hr"}


class Page(HTMLParser):
    """The elements of a page in their order, each with its attributes and the text inside it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(source)
        self.close()
        assert not self._open, f"not closed: {self._open[-1].name}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), f"an attribute stands twice in {tag}"
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open, f"closed and never opened: {tag}"
            assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *names: str, **attributes: str) -> list[Element]:
        """Elements of these names with these attributes; `_` stands for `-`, and `for_` for `for`."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if (not names or element.name in names) and wanted.items() <= element.attributes.items()
        ]

    def one(self, *names: str, **attributes: str) -> Element:
        found = self.all(*names, **attributes)
        assert len(found) == 1, f"{len(found)} of {names} {attributes}"
        return found[0]

    def value(self, name: str) -> str | None:
        """What stands in a field."""
        element = self.one("input", "select", "textarea", name=name)
        return element.text if element.name == "textarea" else element.attributes.get("value")


class Element:
    """One element."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes, self.text = name, attributes, ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def __contains__(self, name: str) -> bool:
        return name in self.attributes
