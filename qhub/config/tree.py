"""YAML text → plain values, and what QHub refuses of YAML.

Built from the parser's events without recursion: deep nesting and aliases cost what is written,
not what they multiply to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import yaml

from qhub.config.events import LOADER, events
from qhub.config.problem import Problem, dotted, printable
from qhub.config.scalars import MAKERS, BadScalarError, resolve

if TYPE_CHECKING:
    from qhub.config.problem import Path

__all__ = ["CUSTOM_TAG", "Refusal", "problem_at", "tree"]

_MOST_NESTING = 64
_MOST_ALIASED = 250_000
"""Values that aliases may add to what is written."""
_MERGE = "<<"
_CONTAINER_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
CUSTOM_TAG = ("a tag that QHub does not know", "put a value that starts with '!' into quotes")


class Refusal(Exception):  # noqa: N818 - `read` turns it into the error that users see
    """The text is no document; `problems` says why.

    `data` is what the rest of it holds, where that can be read all the same.
    """

    def __init__(self, problems: list[Problem], data: dict[str, Any] | None = None) -> None:
        super().__init__(problems)
        self.problems = problems
        self.data = data


def tree(text: str, file: str, *, loader: Any = LOADER) -> dict[str, Any]:
    """Return the mapping that `text` holds; raises `Refusal`.

    Of what the parser itself refuses there is one problem, of duplicate keys and the like all.
    """
    builder = _Builder(file)
    try:
        for event in events(text, loader):
            builder.take(event)
    except (yaml.YAMLError, UnicodeError) as error:
        from qhub.config.syntax import explain  # only a wrong file pays for it

        raise Refusal([*builder.problems, explain(error, text, file, loader)]) from error
    problems = builder.problems
    if not problems and not isinstance(builder.root, dict):
        problems = [_no_mapping(builder, file)]
    if not problems and "\t" in text:
        from qhub.config.syntax import tabs

        problems = tabs(text, file, loader)
    if problems:
        raise Refusal(problems, builder.root if isinstance(builder.root, dict) else None)
    root: dict[str, Any] = builder.root
    return root


def problem_at(
    file: str, place: tuple[int, int], message: str, hint: str = "", *, path: Path = ()
) -> Problem:
    """Return an error at a line and column, both from 1."""
    return Problem(file, *place, dotted(path), "error", printable(message), printable(hint))


def _no_mapping(builder: _Builder, file: str) -> Problem:
    if builder.root is None:
        return problem_at(file, (1, 1), "the file is empty", "write one with `qhub init`")
    what = "a list" if isinstance(builder.root, list) else "a single value"
    return problem_at(
        file,
        builder.root_place,
        f"the file holds {what}",
        "QHub wants keys and their values, such as `project_name: pipelines`",
    )


class _Frame:
    """A mapping or list that is still open; `key` is its last key, `waiting` for its value."""

    __slots__ = ("anchor", "data", "first_lines", "key", "merged", "size_before", "waiting")

    def __init__(self, data: Any, anchor: str | None, size_before: int) -> None:
        self.data = data
        self.anchor = anchor
        self.size_before = size_before
        self.key = ""
        self.waiting: Literal["", "value", "merge"] = ""  # what stands behind the key
        self.merged: list[tuple[Any, yaml.NodeEvent]] = []
        self.first_lines: dict[str, int] = {}


class _Builder:
    """Takes events, one after the other; `root` is what they built."""

    def __init__(self, file: str) -> None:
        self.root: Any = None
        self.root_place = (1, 1)
        self.problems: list[Problem] = []
        self._file = file
        self._frames: list[_Frame] = []
        self._anchors: dict[str | None, tuple[Any, int]] = {}
        self._size = 0  # values so far, aliased ones counted each time
        self._aliased = 0
        self._documents = 0
        self._plain: dict[str, Any] = {}

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        value = self._value(event)
        self._size += 1
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._place(value, event, is_merge=event.value == _MERGE and event.implicit[0])

    def _value(self, event: yaml.ScalarEvent) -> Any:
        text: str = event.value
        if event.tag is None and not event.implicit[0]:
            return text
        if event.tag is None and text in self._plain:
            return self._plain[text]
        make = resolve if event.tag is None else MAKERS.get(event.tag)
        if make is None:
            self._note(event, *CUSTOM_TAG)
            return text
        try:
            value = make(text)
        except BadScalarError as error:
            self._note(event, f"this is {error}", "put it into quotes if text is meant")
            return text
        if event.tag is None:
            self._plain[text] = value
        return value

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        if event.tag not in _CONTAINER_TAGS:
            self._note(event, *CUSTOM_TAG)
        if len(self._frames) == _MOST_NESTING:
            told = f"nested deeper than {_MOST_NESTING} levels"
            raise Refusal([*self.problems, problem_at(self._file, _start_of(event), told)])
        data: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        size_before = self._size
        self._size += 1
        self._place(data, event)
        self._frames.append(_Frame(data, event.anchor, size_before))
        if event.anchor:
            self._anchors[event.anchor] = (data, 0)  # 0: it is still open

    def _end(self) -> None:
        frame = self._frames[-1]
        if frame.merged:
            written = dict(frame.data)
            frame.data.clear()
            for value, event in reversed(frame.merged):  # the first source wins
                for source in reversed(self._sources(value, event)):
                    frame.data.update(source)
            frame.data.update(written)
        self._frames.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.data, self._size - frame.size_before)

    def _sources(self, value: Any, event: yaml.NodeEvent) -> list[dict[str, Any]]:
        sources = value if isinstance(value, list) else [value]
        if all(isinstance(source, dict) for source in sources):
            return sources
        self._note(event, "`<<` takes a mapping, or a list of them", "write an alias: <<: *name")
        return []

    def _alias(self, event: yaml.AliasEvent) -> None:
        value, size = self._anchors.get(event.anchor, (None, -1))
        if size == -1:
            raise self._stop(
                event,
                "an alias to an anchor that is not written above",
                "put a value that starts with '*' into quotes",
            )
        if size == 0:
            raise self._stop(event, "an alias inside the value that it stands for", "write it out")
        self._size += size
        self._aliased += size
        if self._aliased > _MOST_ALIASED:
            text = f"aliases add more than {_MOST_ALIASED:,} values to this file"
            raise self._stop(event, text, "write out what they stand for")
        self._place(value, event)

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._stop(
                event,
                "a second document starts here",
                "keep one: remove this `---` and what follows",
            )

    def _place(self, value: Any, event: yaml.NodeEvent, *, is_merge: bool = False) -> None:
        """Put a value where it belongs: the root, into a list, behind a key, or as a key."""
        if not self._frames:
            self.root, self.root_place = value, _start_of(event)
            return
        frame = self._frames[-1]
        if isinstance(frame.data, list):
            frame.data.append(value)
        elif frame.waiting == "value":
            frame.data[frame.key] = value
            frame.waiting = ""
        elif frame.waiting == "merge":
            frame.merged.append((value, event))
            frame.waiting = ""
        elif is_merge:
            frame.key, frame.waiting = _MERGE, "merge"
        else:
            frame.key, frame.waiting = _name_of(value, event), "value"
            self._check_key(frame, value, event)

    def _check_key(self, frame: _Frame, value: Any, event: yaml.NodeEvent) -> None:
        line = frame.first_lines.setdefault(frame.key, _start_of(event)[0])
        if isinstance(value, dict | list):
            hint = "put a value that starts with '{', '[' or '*' into quotes"
            frame.waiting = ""
            raise self._stop(event, "a key must be text", hint)
        if not isinstance(value, str):
            told = f"a key must be text, but {frame.key or 'nothing'} is read as {_kind(value)}"
            self._note(event, told, f'put it into quotes: "{frame.key}":')
        elif frame.key in frame.data:
            told = f"duplicate key {frame.key!r}; it is on line {line}, too"
            self._note(event, told, "keep one of them")

    def _note(self, event: yaml.Event, message: str, hint: str) -> None:
        place = _start_of(event)
        self.problems.append(problem_at(self._file, place, message, hint, path=self._path()))

    def _stop(self, event: yaml.Event, message: str, hint: str) -> Refusal:
        self._note(event, message, hint)
        return Refusal(self.problems)

    def _path(self) -> Path:
        """Return the path of what is being built."""
        parts: list[str | int] = []
        for depth, frame in enumerate(self._frames, 1):
            innermost = depth == len(self._frames)
            if isinstance(frame.data, list):
                parts.append(len(frame.data) - (0 if innermost else 1))
            elif frame.waiting or not innermost:
                parts.append(frame.key)
        return tuple(parts)


def _start_of(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _name_of(value: Any, event: yaml.NodeEvent) -> str:
    """Return the key as it is written; of an alias what it stands for."""
    if isinstance(value, str):
        return value
    return event.value if isinstance(event, yaml.ScalarEvent) else str(value)


def _kind(value: Any) -> str:
    if value is None:
        return "no value"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a number"
