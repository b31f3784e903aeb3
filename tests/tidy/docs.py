"""What the documents name exists: files, tests, links, the verbs of `dev`, the program's commands, and for every actor
class a row in the supervision table."""

import re

import _tidy

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TICKED = re.compile(r"`([^`\n]+)`")
FOLDERS = "protocols|messages|store|config|actors|tests|docs"
ACTOR = re.compile(r"\bclass\s+(\w+)\s+final\s*:\s*public\s+(?:runtime::)?(?:watched|pinned|connection)\b")
TEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)")


def exists(path, tree):
    path = path.rstrip("/")
    return path in tree or any(known.startswith(path + "/") for known in tree)


def links(path, text, tree):
    folder = path.rsplit("/", 1)[0] + "/" if "/" in path else ""
    for match in LINK.finditer(text):
        target = match.group(1)
        if "://" not in target and not exists(re.sub(r"[^/]+/\.\./", "", folder + target), tree):
            yield f"{path}:{_tidy.line_of(text, match.start())}: links to {target}, which is not there"


def paths(path, text, tree):
    for match in TICKED.finditer(text):
        named = re.fullmatch(rf"(?:{FOLDERS})/[\w./-]*\w|(?:{FOLDERS})/", match.group(1))
        if named and not exists(named.group(0), tree):
            yield f"{path}:{_tidy.line_of(text, match.start())}: names {named.group(0)}, which is not there"


def verbs(path, text, tree):
    cases = tree["dev"].rsplit("case $verb in", 1)[-1]
    known = set(re.findall(r"^  ([a-z]+)(?:\|[^)]*)?\)", cases, re.M))
    for match in re.finditer(r"\./dev ([a-z]+)", text):
        if match.group(1) not in known:
            yield f"{path}:{_tidy.line_of(text, match.start())}: ./dev has no verb {match.group(1)}"


def commands(path, text, tree):
    table = "".join(source for name, source in tree.items() if name.startswith("actors/commands/"))
    if not table:
        return
    for match in re.finditer(r"(?:`|^    |build/)stagecoach ([a-z]+)", text, re.M):
        if f'"{match.group(1)}"' not in table:
            yield f"{path}:{_tidy.line_of(text, match.start())}: stagecoach has no command {match.group(1)}"


def rows_of(text):
    """(line number, cells) of the rows of all tables, heads and rules left out."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if line.startswith("|") and not re.match(r"\|[-| :]+\|$", line):
            following = lines[number] if number < len(lines) else ""
            if not re.match(r"\|[-| :]+\|$", following):
                yield number, [cell.strip() for cell in line.strip("|").split("|")]


def tests_of(tree):
    """All tests as Suite.Name, and their suites."""
    tests = {f"{m.group(1)}.{m.group(2)}" for path, source in tree.items() if path.endswith("_test.cpp")
             for m in TEST.finditer(source)}
    return tests | {test.split(".")[0] for test in tests}


def attacks(text, tree, series):
    """Each number of each series has a row, and each row a test that is there, or the words that say why it has none."""
    tests, seen = tests_of(tree), set()
    for line, cells in rows_of(text):
        at = f"docs/attacks.md:{line}: "
        numbers = re.fullmatch(r"([A-Z]{2})(\d\d)(?: to \1(\d\d))?", cells[0])
        if not numbers or len(cells) != 3:
            yield at + "a row has three cells, and begins with a number or with two of one series"
            continue
        kind, first, last = numbers.groups()
        seen |= {f"{kind}{number:02}" for number in range(int(first), int(last or first) + 1)}
        named = [name for name in TICKED.findall(cells[2]) if not name.startswith("tests/")]
        for name in named:
            if name not in tests:
                yield at + f"there is no test {name}"
        if "`" not in cells[2] and "cannot apply" not in cells[2]:
            yield at + "names no test, and not why it cannot apply"
    for kind, count in series.items():
        for number in range(1, count + 1):
            if f"{kind}{number:02}" not in seen:
                yield f"docs/attacks.md: no row for {kind}{number:02}"


def standards(text, tree):
    tests = tests_of(tree)
    for line, cells in rows_of(text):
        at = f"docs/standards.md:{line}: "
        if len(cells) != 4:
            yield at + "a row has four cells: RFC, section, file, test"
            continue
        for name in TICKED.findall(cells[2]):
            if name not in tree:
                yield at + f"there is no file {name}"
        named = TICKED.findall(cells[3])
        for name in named:
            if name not in tree and name not in tests:
                yield at + f"there is no test {name}"
        if not named:
            yield at + "names no test"


def supervision(text, tree):
    rows = {name for _, cells in rows_of(text) for name in TICKED.findall(cells[0])}
    classes = {m.group(1): path for path, source in sorted(tree.items())
               if path.startswith("actors/") and path.endswith((".hpp", ".cpp"))
               for m in ACTOR.finditer(_tidy.bare(source))}
    for name, path in classes.items():
        if name not in rows:
            yield f"docs/architecture.md: no row in the supervision table for the actor {name} ({path})"
    table = text.split("## Supervision", 1)[-1].split("\n## ", 1)[0]
    for line, cells in rows_of(table):
        for name in TICKED.findall(cells[0]):
            if name not in classes:
                yield f"docs/architecture.md: the supervision table has a row for {name}, which is no actor"


def check(tree):
    complaints = []
    for path, text in sorted(tree.items()):
        if path.endswith(".md"):
            for rule in (links, verbs, commands) + (() if path == "docs/standards.md" else (paths,)):
                complaints += rule(path, text, tree)
    complaints += standards(tree["docs/standards.md"], tree)
    complaints += attacks(tree["docs/attacks.md"], tree, SERIES)
    complaints += supervision(tree["docs/architecture.md"], tree)
    return complaints


SERIES = {"SM": 25, "TL": 18, "SP": 19, "AU": 12, "IM": 17, "MI": 14, "HS": 17, "WB": 18, "WX": 13}
ALL = "".join(f"| {kind}01 to {kind}{count} | x | `A` |\n" for kind, count in SERIES.items())

GOOD = {
    "dev": "case $verb in\n  build) b ;;\n  help|--help) u ;;\n",
    "README.md": "`./dev build`, [more](docs/develop.md), [all](docs/), `build/stagecoach verify`, `store/a.cpp`\n",
    "docs/develop.md": "[up](../README.md) [beside](architecture.md)\n",
    "docs/architecture.md": "## Supervision\n\n| actor | born by |\n|---|---|\n| `mailbox` | account |\n",
    "docs/standards.md": "| RFC | section | file | test |\n|---|---|---|---|\n| 5321 | 4.1 | `store/a.cpp` | `A.B` |\n",
    "docs/attacks.md": "| number | what | test |\n|---|---|---|\n" + ALL,
    "store/a.cpp": "",
    "actors/mail/mailbox.hpp": "class mailbox final : public watched<mailbox_handle> {};",
    "actors/commands/table.cpp": '{"verify", run_verify}',
    "tests/store/a_test.cpp": "TEST(A, B) {}",
}


def bad(name, path, text, expected=1):
    return (name, {**GOOD, path: text}, expected)


EXAMPLES = [
    ("all is there", GOOD, 0),
    bad("dead link", "README.md", "[more](docs/gone.md)"),
    bad("dead path", "README.md", "`store/gone.cpp`"),
    bad("unknown verb", "README.md", "./dev fly"),
    bad("unknown command", "README.md", "`stagecoach fly`"),
    bad("missing file", "docs/standards.md", "| 1 | 2 | `store/gone` | `A.B` |"),
    bad("missing test", "docs/standards.md", "| 1 | 2 | `store/a.cpp` | `A.C` |"),
    bad("no test", "docs/standards.md", "| 1 | 2 | `store/a.cpp` | none |"),
    bad("a cell is missing", "docs/standards.md", "| 1 | 2 | `store/a.cpp` |"),
    bad("an attack without a row", "docs/attacks.md", ALL.replace("AU01 to AU12", "AU02 to AU12")),
    bad("an attack whose test is gone", "docs/attacks.md", ALL.replace("SM25 | x | `A`", "SM25 | x | `B`")),
    bad("an attack without a test", "docs/attacks.md", ALL.replace("SM25 | x | `A`", "SM25 | x | none")),
    bad("an attack that cannot apply", "docs/attacks.md", ALL.replace("SM25 | x | `A`", "SM25 | x | cannot apply: no"), 0),
    bad("an attack without a number", "docs/attacks.md", ALL + "| other | x | `A` |\n"),
    bad("an actor without a row", "actors/mail/account.hpp", "class account final : public watched<account_handle> {};"),
    bad("a row without an actor", "docs/architecture.md",
        "## Supervision\n| a | b |\n|---|---|\n| `mailbox` | c |\n| `queue` | d |\n"),
]

if __name__ == "__main__":
    tree = {**dict.fromkeys(_tidy.names(), ""), **_tidy.files(".hpp", ".cpp", ".py", ".md", "/dev")}
    _tidy.run(check, EXAMPLES, tree)
