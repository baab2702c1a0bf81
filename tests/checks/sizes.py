"""Reports long files and functions, and fails past the hard stops.

Targets: file p95 250 lines, hard stop 400; function p95 40 lines, hard stop 80; a State 150.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_GOAL, FILE_STOP = 250, 400
FUNCTION_GOAL, FUNCTION_STOP = 40, 80


def p95(values: list[int]) -> int:
    """Return the 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def main() -> int:
    """Measure every Python file of the project."""
    files, functions, wrong = {}, {}, []
    folders = ("self_service", "tests", "bench")
    for path in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        if "versions" in path.parts:
            continue
        text = path.read_text()
        name = str(path.relative_to(ROOT))
        files[name] = text.count("\n")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions[f"{name}:{node.name}"] = node.end_lineno - node.lineno + 1
    wrong += [f"{name}: {size} lines" for name, size in files.items() if size > FILE_STOP]
    wrong += [f"{name}: {size} lines" for name, size in functions.items() if size > FUNCTION_STOP]
    print(
        f"{len(files)} files, p95 {p95(list(files.values()))} lines (goal {FILE_GOAL}); "
        f"{len(functions)} functions, p95 {p95(list(functions.values()))} (goal {FUNCTION_GOAL})"
    )
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
