"""Lines of a CSV file, joined to rows where a quoted cell goes over several."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from .encodings import Source
from .lines import read_lines
from .problems import MAX_RECORD, Problem

Line = tuple[int, str | Problem]

# A cell with line breaks is ordinary; an opening quote that is never closed would swallow the whole file.
MAX_LINES = 1000


class Lines:
    """Lines that can be put back when a row turns out not to end."""

    def __init__(self, file: Source) -> None:
        # The names of columns that we know are ASCII: a header in another encoding can be read for them.
        self._lines = read_lines(file, forgiven=1)
        self._back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        return self._back.popleft() if self._back else next(self._lines)

    def until_closed(self, first: str) -> str | None:
        """Return the row that starts with a line, all quotes closed; None, and nothing used up, if it never ends."""
        if first.count('"') % 2 == 0:
            return first
        taken: list[Line] = []
        row, size, is_open = [first], len(first), True
        while is_open:
            number, line = next(self, (0, ""))
            size += len(line) if isinstance(line, str) else MAX_RECORD
            if number:
                taken.append((number, line))
            if not number or isinstance(line, Problem) or size > MAX_RECORD or len(taken) > MAX_LINES:
                self._back.extendleft(reversed(taken))
                return None
            row.append(line)
            is_open ^= line.count('"') % 2 == 1
        return "".join(row)
