"""Files of 600 lines and functions of 70 at most. What exceeds it stands in ratchet.txt with its size, and only shrinks:
an entry that is larger than what it names, or no longer needed, is a complaint too."""

import ast
import os
import re

import _tidy

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
NO_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|export)\b|\b(class|struct|enum)\s+\w+[^()]*$")


def cpp_functions(text):
    """(name, first line, number of lines) of each outermost function body."""
    code = re.sub(r"^[ \t]*#[^\n]*|\b(public|private|protected):", "", _tidy.bare(text), flags=re.M)
    stack = []  # of (is function, name, first line of its head)
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        at, char = match.start(), match.group(0)
        if char == "{":
            head = re.sub(r"\b(template|requires)\s*<[^{}]*?>\s*(?=\w)", "", code[head_start:at])
            name = re.search(r"([\w:~]+|operator\S+)\s*\(", head)
            inside = any(is_function for is_function, _, _ in stack)
            is_function = bool(not inside and name and not NO_FUNCTION.search(head) and "=" not in head.split("(")[0])
            first = _tidy.line_of(code, head_start + len(code[head_start:at]) - len(code[head_start:at].lstrip()))
            stack.append((is_function, name.group(1) if name else "", first))
        elif char == "}" and stack:
            is_function, name, first = stack.pop()
            if is_function:
                yield name, first, _tidy.line_of(code, at) - first + 1
        if not any(is_function for is_function, _, _ in stack):
            head_start = match.end()


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def too_large(sources):
    """{what: (lines, limit)} for each file and function over its limit."""
    found = {}
    for path, text in sources.items():
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            found[path] = (lines, FILE_LINES_MAX)
        functions = python_functions(text) if path.endswith(".py") else cpp_functions(text)
        for name, _, length in functions:
            if length > FUNCTION_LINES_MAX:
                what = f"{path}:{name}"
                found[what] = (max(length, found.get(what, (0, 0))[0]), FUNCTION_LINES_MAX)
    return found


def check(sources):
    sources = dict(sources)
    ratchet = {}
    for line in sources.pop("ratchet", "").splitlines():
        if line.strip() and not line.startswith("#"):
            what, lines = line.split()
            ratchet[what] = int(lines)
    complaints = []
    found = too_large(sources)
    for what, (lines, limit) in sorted(found.items()):
        if what not in ratchet:
            complaints.append(f"{what}: {lines} lines, at most {limit}")
        elif lines > ratchet[what]:
            complaints.append(f"{what}: {lines} lines, it grew from {ratchet[what]}")
        elif lines < ratchet[what]:
            complaints.append(f"{what}: {lines} lines now; lower its entry in ratchet.txt from {ratchet[what]}")
    complaints += [f"{what}: small enough now; take it out of ratchet.txt" for what in sorted(set(ratchet) - set(found))]
    return complaints


LONG = "int f(int a,\n      int b) {\n" + "  a += b;\n" * 69 + "}\n"
METHOD = "class x {\n  void g() override {\n" + "    if (a) { b(); }\n" * 70 + "  }\n};\n"
EXAMPLES = [
    ("short", {"store/a.cpp": "int f() {\n  return 1;\n}\n"}, 0),
    ("long function", {"store/a.cpp": LONG}, 1),
    ("long method", {"store/a.cpp": METHOD}, 1),
    ("a table is no function", {"store/a.cpp": "constexpr row rows[] = {\n" + "  {f(1), 2},\n" * 200 + "};\n"}, 0),
    ("a class is no function", {"store/a.cpp": "class x : public y<f()> {\n" + "  void g();\n" * 200 + "};\n"}, 0),
    ("a namespace is no function", {"store/a.cpp": "namespace a {\n" + "void g();\n" * 200 + "}\n"}, 0),
    ("long file", {"store/a.cpp": "\n" * 601}, 1),
    ("braces in strings", {"store/a.cpp": 'int f() {\n  g("{", \'{\');\n}\n' + "int h();\n" * 100}, 0),
    ("known", {"store/a.cpp": "\n" * 650, "ratchet": "store/a.cpp 650\n"}, 0),
    ("grown", {"store/a.cpp": "\n" * 651, "ratchet": "store/a.cpp 650\n"}, 1),
    ("shrunk", {"store/a.cpp": "\n" * 649, "ratchet": "store/a.cpp 650\n"}, 1),
    ("not needed any more", {"store/a.cpp": "\n", "ratchet": "store/a.cpp:f 650\n"}, 1),
    ("python", {"tests/a.py": "def f():\n" + "    g()\n" * 71}, 1),
]

if __name__ == "__main__":
    tree = _tidy.files(".hpp", ".cpp", ".py")
    with open(os.path.join(_tidy.ROOT, "tests/tidy/ratchet.txt"), encoding="utf-8") as file:
        tree["ratchet"] = file.read()
    _tidy.run(check, EXAMPLES, tree)
