"""What the tidy tests share: the project's files as {path: text}, C++ without comments and strings, and a runner that
first proves on small examples that the check can fail."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PRODUCT = ("protocols/", "messages/", "store/", "config/", "actors/")

NOISE = re.compile(
    r'R"(?P<d>[^()\\\s]{0,16})\(.*?\)(?P=d)"'        # raw string
    r'|"(?:\\.|[^"\\\n])*"'                          # string
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'"         # character, but not the quote in 1'000
    r"|//[^\n]*|/\*.*?\*/", re.S)


def names():
    """The paths of all files of ours, from the root."""
    for folder, folders, found in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", ".cache", "node_modules", "__pycache__")
                      and not (folder == ROOT and f.startswith("build"))]
        for name in found:
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def files(*endings):
    """{path: text} of all files of ours with one of these endings, without those of tests/data."""
    found = {}
    for path in names():
        if f"/{path}".endswith(endings) and not path.startswith("tests/data/"):
            with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                found[path] = file.read()
    return found


def bare(text, keep_includes=False):
    """C++ with comments, strings and characters blanked; every line stays on its line."""
    def blank(match):
        if keep_includes and match.group(0)[0] == '"':
            start = text.rfind("\n", 0, match.start()) + 1
            if text[start:match.start()].lstrip().startswith("#"):
                return match.group(0)
        return re.sub(r"[^\n]", " ", match.group(0))
    return NOISE.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def run(check, examples, tree):
    """`check` takes {path: text} and returns complaints. `examples` are (name, files, number of complaints expected)."""
    failures = 0
    for name, example, expected in examples:
        complaints = check(example)
        if len(complaints) != expected:
            failures += 1
            print(f"self-test {name!r}: expected {expected} complaints, got {complaints}")
    complaints = check(tree)
    for complaint in complaints:
        print(complaint)
    print(f"{len(examples)} self-tests, {len(tree)} files, {len(complaints)} complaints")
    sys.exit(1 if failures or complaints else 0)
