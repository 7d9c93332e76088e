"""Which text of a printed page can be seen: its colour against what lies behind it, its size, its place, its mode.

An observer of pypdf's operators. It numbers every operator that shows text and judges it; on a second pass the
hidden ones, or all others, are emptied before their text is extracted.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

Colour = tuple[float, ...] | None
"""Red, green and blue in [0, 1]; ``None`` for a pattern or a colour space that is not known."""
Box = tuple[float, float, float, float]

_SHOWS_TEXT = {b"Tj": 0, b"TJ": 0, b"'": 0, b'"': 2}
_FILLS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_DRAWS = frozenset({b"re", b"m", b"l", b"c", b"v", b"y"})
_ENDS_PATH = _FILLS | {b"S", b"s", b"n"}
_BLACK, _WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_INVISIBLE_MODES = frozenset({3, 7})
_TINY_POINTS = 1.5
_SAME_COLOUR = 0.05
_MARGIN_POINTS = 2.0
_SCAN = 0.5  # of the page, covered by pictures: then unseen text is what was recognised in them


@dataclass(slots=True)
class _State:
    """What q and Q save and restore."""

    colour: Colour = _BLACK
    space: str = ""
    mode: int = 0
    alpha: float = 1.0
    size: float = 1.0

    def copy(self) -> _State:
        return _State(self.colour, self.space, self.mode, self.alpha, self.size)


@dataclass(slots=True)
class PageInk:
    """Follows the operators of one page. ``suspects`` are numbers of text operators that cannot be seen."""

    page: Box
    transparent: Container[str] = frozenset()
    suspects: set[int] = field(default_factory=set)
    unseen_modes: set[int] = field(default_factory=set)
    _count: int = 0
    _depth: int = 0
    _pictured: float = 0.0
    _state: _State = field(default_factory=_State)
    _saved: list[_State] = field(default_factory=list)
    _path: list[Box] = field(default_factory=list)
    _grounds: list[tuple[Box, Colour]] = field(default_factory=list)

    @property
    def hidden(self) -> frozenset[int]:
        """Numbers of the text operators that a reader does not see; recognised text over a scan is meant."""
        is_scan = self._pictured >= _SCAN * _area(self.page)
        return frozenset(self.suspects if is_scan else self.suspects | self.unseen_modes)

    def before(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """For ``visitor_operand_before``."""
        if operator in _SHOWS_TEXT:
            self._judge(cm, tm)
            self._count += 1
        elif operator == b"q":
            self._saved.append(self._state.copy())
        elif operator == b"Q":
            self._state = self._saved.pop() if self._saved else _State()
        elif operator == b"Do":
            self._depth += 1
            self._pictured += _area(_box((0.0, 0.0, 1.0, 1.0), cm)) if self._depth == 1 else 0.0
            self._grounds.append((_box((0.0, 0.0, 1.0, 1.0), cm), None))
        elif operator == b"sh":
            self._grounds.append((self.page, None))
        elif operator in _DRAWS:
            self._add_to_path(operator, operands, cm)
        elif operator in _ENDS_PATH:
            if operator in _FILLS and self._state.alpha > 0:
                self._grounds += [(box, self._state.colour) for box in self._path]
            self._path.clear()
        else:
            self._set(operator, operands)

    def after(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """For ``visitor_operand_after``."""
        if operator == b"Do":
            self._depth -= 1

    def _set(self, operator: bytes, operands: list[Any]) -> None:
        """Operators that change the state of what is drawn."""
        state = self._state
        if operator == b"Tr":
            state.mode = int(_number(operands, 0))
        elif operator == b"Tf":
            state.size = _number(operands, 1, 1.0)
        elif operator == b"gs":
            state.alpha = 0.0 if operands and str(operands[0]) in self.transparent else 1.0
        elif operator == b"cs":
            state.space, state.colour = str(operands[0]) if operands else "", _BLACK
        elif operator in (b"g", b"rg", b"k", b"sc", b"scn"):
            state.colour = _colour(operator, operands, state.space)

    def _add_to_path(self, operator: bytes, operands: list[Any], cm: list[float]) -> None:
        """Boxes of what is drawn: one for each rectangle, one for each line or curve from where it begins."""
        if operator == b"re":
            x, y, width, height = (_number(operands, at) for at in range(4))
            self._path.append(_box((x, y, x + width, y + height), cm))
            return
        for at in range(0, len(operands) - 1, 2):
            x, y = _moved(_number(operands, at), _number(operands, at + 1), cm)
            if operator == b"m" or not self._path:
                self._path.append((x, y, x, y))
            left, low, right, high = self._path[-1]
            self._path[-1] = (min(left, x), min(low, y), max(right, x), max(high, y))

    def _judge(self, cm: list[float], tm: list[float]) -> None:
        state = self._state
        x, y = _moved(tm[4], tm[5], cm)
        height = abs(state.size) * max(abs(tm[3]), abs(tm[1])) * max(abs(cm[3]), abs(cm[1]))
        if state.mode in _INVISIBLE_MODES:
            self.unseen_modes.add(self._count)
        elif (
            state.alpha == 0
            or height < _TINY_POINTS
            or self._blends_in(x + height / 2, y + height / 3)
            or self._is_off_page(x, y)
        ):
            self.suspects.add(self._count)

    def _blends_in(self, x: float, y: float) -> bool:
        """Whether the colour is that of the topmost thing behind the text; the page itself is white."""
        ground: Colour = _WHITE
        for box, colour in reversed(self._grounds):
            if _holds(box, x, y):
                ground = colour
                break
        mine = self._state.colour
        return bool(mine and ground) and all(
            abs(a - b) <= _SAME_COLOUR for a, b in zip(mine or (), ground or (), strict=False)
        )

    def _is_off_page(self, x: float, y: float) -> bool:
        """Inside a form the place on the page is not known."""
        left, low, right, high = self.page
        fits = (
            left - _MARGIN_POINTS <= x <= right + _MARGIN_POINTS and low - _MARGIN_POINTS <= y <= high + _MARGIN_POINTS
        )
        return self._depth == 0 and not fits


class TextFilter:
    """Empties the text operators whose numbers are (or are not) in ``numbers``."""

    def __init__(self, numbers: frozenset[int], *, keep: bool) -> None:
        self._numbers, self._keep, self._count = numbers, keep, 0

    def before(self, operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        """For ``visitor_operand_before``."""
        at = _SHOWS_TEXT.get(operator)
        if at is None:
            return
        if (self._count in self._numbers) != self._keep and len(operands) > at:
            operands[at] = [] if operator == b"TJ" else ""
        self._count += 1


def _number(operands: list[Any], at: int, otherwise: float = 0.0) -> float:
    try:
        return float(operands[at])
    except (IndexError, TypeError, ValueError):
        return otherwise


def _colour(operator: bytes, operands: list[Any], space: str) -> Colour:
    values = []
    for operand in operands:
        try:
            values.append(float(operand))
        except (TypeError, ValueError):
            return None  # a pattern
    if operator == b"g" or (len(values) == 1 and space == "/DeviceGray"):
        return (values[0],) * 3 if values else None
    if len(values) == 3:
        return tuple(values)
    if len(values) == 4:
        return tuple((1 - each) * (1 - values[3]) for each in values[:3])
    return None


def _moved(x: float, y: float, cm: list[float]) -> tuple[float, float]:
    return cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]


def _box(box: Box, cm: list[float]) -> Box:
    corners = [_moved(x, y, cm) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]
