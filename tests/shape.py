"""Shape of the package: files, sizes, names, private functions that are used once. Run `python tests/shape.py`."""

from __future__ import annotations

import ast
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "ckanext-opensmartcity/ckanext/opensmartcity"
# The names that CKAN itself gives to the files of an extension.
CKAN_NAMES = frozenset(
    f"{name}.py" for name in "__init__ actions auth schema model views helpers jobs cli dictize errors feature".split()
)
# Nouns that end like gerunds.
NOUNS = frozenset({"record_mapping", "property_mapping", "mapping"})


@dataclass(frozen=True)
class Shape:
    """Figures of the package; `used_once` names each private function with one use, by file."""

    lines: dict[str, int]
    functions: int
    used_once: dict[str, list[str]]

    @property
    def median(self) -> float:
        """Median of lines in a file."""
        return statistics.median(self.lines.values())

    @property
    def share_used_once(self) -> float:
        """Share of all functions that are private and used once."""
        return sum(map(len, self.used_once.values())) / self.functions

    @property
    def gerunds(self) -> list[str]:
        """Modules that are named by a gerund."""
        return [name for name in self.lines if Path(name).stem.endswith("ing") and Path(name).stem not in NOUNS]

    @property
    def frequent_names(self) -> dict[str, int]:
        """Basenames that occur more than three times and are not CKAN's own."""
        counts = Counter(Path(name).name for name in self.lines)
        return {name: count for name, count in counts.items() if count > 3 and name not in CKAN_NAMES}


def measure(package: Path = PACKAGE) -> Shape:
    """Measure all modules but the migrations, whose names Alembic gives."""
    files = [file for file in sorted(package.rglob("*.py")) if "migration" not in file.parts]
    lines, used_once, functions = {}, {}, 0
    for file in files:
        name, source = file.relative_to(package).as_posix(), file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        lines[name] = len(source.splitlines())
        uses = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        uses += Counter(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        defined = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        functions += len(defined)
        private = [node.name for node in defined if node.name.startswith("_") and not node.name.startswith("__")]
        used_once[name] = [each for each in private if uses[each] == 1]
    return Shape(lines, functions, {name: each for name, each in used_once.items() if each})


if __name__ == "__main__":
    shape = measure()
    largest = sorted(shape.lines.items(), key=lambda row: -row[1])[:5]
    print(f"files: {len(shape.lines)}; median lines: {shape.median}; largest: {largest}")
    print(f"functions: {shape.functions}; private and used once: {shape.share_used_once:.1%}")
    print(f"named by gerunds: {shape.gerunds}; frequent names: {shape.frequent_names}")
    for name, functions in shape.used_once.items():
        print(f"  {name}: {', '.join(functions)}")
