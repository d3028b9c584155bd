"""Reads YAML as Tidemark does: every value is text, and a key that stands twice is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")


class Problem(ValueError):  # noqa: N818
    """What is wrong with a file, with its line where it has one."""

    def __init__(self, file: Path, line: int, message: str):
        """Is told as 'file:line: message'."""
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")


class _Mapping(dict):
    """A mapping that knows the lines of its keys."""

    def __init__(self) -> None:
        """Has no keys yet."""
        super().__init__()
        self.lines: dict[str, int] = {}


class _Loader(yaml.SafeLoader):
    """Takes 'no' for the text that it is, as YAML 1.2 has it."""

    yaml_implicit_resolvers: dict = {}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Mapping:
    found = _Mapping()
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"'{key}' stands twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = key_node.start_mark.line + 1
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class Section:
    """A mapping of a file, whose keys are asked for one by one."""

    def __init__(self, file: Path, keys: Any, line: int = 0):
        """Refuses what is not a mapping."""
        if not isinstance(keys, _Mapping):
            raise Problem(file, line, "Cannot read this part: it must be keys and values.")
        self.file = file
        self.keys = keys
        self.line = line

    @classmethod
    def of_file(cls, file: Path) -> Section:
        """The whole of a file, which has no keys if it is empty or all comments."""
        try:
            keys = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)
            return cls(file, _Mapping() if keys in (None, "") else keys)
        except RecursionError as e:
            raise Problem(file, 0, "Cannot read it as YAML: it is nested too deeply.") from e
        except yaml.MarkedYAMLError as e:
            line = e.problem_mark.line + 1 if e.problem_mark else 0
            raise Problem(file, line, f"Cannot read it as YAML: {e.problem}.") from e
        except (yaml.YAMLError, UnicodeDecodeError) as e:
            raise Problem(file, 0, f"Cannot read it as YAML: {e}.") from e
        except OSError as e:
            raise Problem(file, 0, f"Cannot read it: {e.strerror}.") from e

    def required(self, key: str, value: Callable[[Any], T]) -> T:
        """The value of a key that must be there."""
        if key not in self.keys:
            raise Problem(self.file, self.line, f"The key '{key}' is required.")
        return self.optional(key, value, None)  # type: ignore[return-value]

    def optional(self, key: str, value: Callable[[Any], T], otherwise: T | None) -> T | None:
        """The value of a key, or what stands for it; `value` says with a ValueError what is wrong with it."""
        if key not in self.keys:
            return otherwise
        with self._place(key):
            return value(self.keys[key])

    def each(self, key: str) -> list[Section]:
        """The sections of a list; an absent key gives an empty one."""
        entries = self.keys.get(key, [])
        line = self.keys.lines.get(key, self.line)
        if not isinstance(entries, list):
            raise Problem(self.file, line, f"Cannot read '{key}': it must be a list.")
        return [Section(self.file, entry, line) for entry in entries]

    def refuse_others(self, known: list[str]) -> None:
        """Refuses keys that nobody knows."""
        for key, line in self.keys.lines.items():
            if key not in known:
                raise Problem(self.file, line, f"Cannot use the key '{key}': the keys are {', '.join(known)}.")

    @contextmanager
    def _place(self, key: str) -> Iterator[None]:
        try:
            yield
        except Problem:
            raise
        except ValueError as e:
            raise Problem(self.file, self.keys.lines[key], f"{key}: {e}") from e
