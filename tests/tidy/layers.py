"""A folder includes only what stands left of it (docs/architecture.md), and each library has one place."""

import re

import _tidy

# What a folder may include besides itself; the longest matching folder rules.
MAY_INCLUDE = {
    "protocols/": [],
    "messages/": ["protocols/"],
    "store/": ["protocols/", "messages/"],
    "config/": ["protocols/", "messages/"],
    "actors/": [],  # only main.cpp stands there: see below
}
LEFT_OF_ACTORS = ["protocols/", "messages/", "store/", "config/"]
RANKS = [["runtime"], ["services"], ["mail", "delivery"], ["edge", "web", "cluster", "console"], ["node"], ["commands"]]
for rank, names in enumerate(RANKS):
    lower = [f"actors/{name}/" for names_below in RANKS[:rank] for name in names_below]
    for one in names:
        MAY_INCLUDE[f"actors/{one}/"] = LEFT_OF_ACTORS + lower
MAY_INCLUDE["actors/main.cpp"] = LEFT_OF_ACTORS + [f"actors/{name}/" for names in RANKS for name in names]

# (library's headers, where alone they may be included, in the product's folders)
LIBRARIES = [
    (r"caf/", "actors/"),
    (r"asio(/|\.hpp)", "actors/"),
    (r"openssl/ssl", "actors/"),
    (r"leveldb/", "store/"),
    (r"simdjson", "protocols/base/json_read.cpp"),
    (r"unicode/", "protocols/text/"),
    (r"gumbo", "protocols/html/"),
    (r"archive(_entry)?\.h", "protocols/zip/"),
    (r"toml", "config/"),
    (r"CLI/", "actors/commands/command_line.cpp"),
]
# protocols/ is pure: no sockets, files, clocks, threads, random numbers, logging.
IMPURE = re.compile(r"(sys/|unistd|fcntl|netinet/|arpa/|netdb|poll\.h|signal|csignal|thread|mutex|shared_mutex|future|"
                    r"condition_variable|atomic|random|fstream|iostream|filesystem|ctime|time\.h|openssl/rand)")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


def rule_for(path):
    matching = [folder for folder in MAY_INCLUDE if path.startswith(folder)]
    return max(matching, key=len) if matching else None


def complain(path, text, known):
    here = rule_for(path)
    code = _tidy.bare(text, keep_includes=True)
    includes = [(m.group(1), m.group(2), _tidy.line_of(code, m.start())) for m in INCLUDE.finditer(code)]
    for quote, header, line in includes:
        at = f"{path}:{line}: "
        if quote == '"':
            if "/" not in header or header not in known:
                yield at + f'"{header}" is no header of ours, named from the root'
            elif here and not header.startswith(tuple([here] + MAY_INCLUDE[here])):
                yield at + f"{here} may not include {header}"
            continue
        if not path.startswith(_tidy.PRODUCT):
            continue
        for library, place in LIBRARIES:
            if re.match(library, header) and not path.startswith(place):
                yield at + f"<{header}> belongs to {place} alone"
        if path.startswith("protocols/") and IMPURE.match(header):
            yield at + f"protocols/ is pure, <{header}> is not"
    if path.endswith(".hpp") and not re.match(r"(\s*//[^\n]*\n|\s*\n)*#pragma once\n", text):
        yield f"{path}:1: a header opens with its comment and #pragma once"
    own = re.sub(r"\.cpp$", ".hpp", path)
    if path.endswith(".cpp") and own in known and (not includes or includes[0][1] != own):
        yield f'{path}:1: the first include is its own header, "{own}"'
    if path.startswith("protocols/"):
        for match in re.finditer(r"\b(system_clock|steady_clock|getenv|std::thread)\b", code):
            yield f"{path}:{_tidy.line_of(code, match.start())}: protocols/ is pure, {match.group(1)} is not"


def check(sources):
    return [c for path, text in sorted(sources.items()) for c in complain(path, text, sources)]


ONCE = "// What it is.\n#pragma once\n"
EXAMPLES = [
    ("downwards", {"protocols/a.hpp": ONCE, "store/b.hpp": ONCE + '#include "protocols/a.hpp"\n'}, 0),
    ("upwards", {"store/b.hpp": ONCE, "protocols/a.hpp": ONCE + '#include "store/b.hpp"\n'}, 1),
    ("siblings", {"store/b.hpp": ONCE, "config/a.hpp": ONCE + '#include "store/b.hpp"\n'}, 1),
    ("peers of one rank", {"actors/edge/a.hpp": ONCE, "actors/console/b.hpp": ONCE + '#include "actors/edge/a.hpp"\n'}, 1),
    ("inside actors", {"actors/runtime/a.hpp": ONCE, "actors/edge/b.hpp": ONCE + '#include "actors/runtime/a.hpp"\n'}, 0),
    ("against the arrow inside actors",
     {"actors/edge/a.hpp": ONCE, "actors/runtime/b.hpp": ONCE + '#include "actors/edge/a.hpp"\n'}, 1),
    ("CAF in store", {"store/a.cpp": "#include <caf/all.hpp>\n"}, 1),
    ("CAF in a comment", {"store/a.cpp": "// #include <caf/all.hpp>\n"}, 0),
    ("LevelDB in actors", {"actors/node/a.cpp": "#include <leveldb/db.h>\n"}, 1),
    ("simdjson elsewhere", {"protocols/base/b.cpp": "#include <simdjson.h>\n"}, 1),
    ("clock", {"protocols/base/b.cpp": "auto t = std::chrono::system_clock::now();\n"}, 1),
    ("socket", {"protocols/base/b.cpp": "#include <sys/socket.h>\n"}, 1),
    ("own header late", {"store/a.hpp": ONCE, "store/a.cpp": '#include <string>\n#include "store/a.hpp"\n'}, 1),
    ("no pragma", {"store/a.hpp": "// What it is.\nnamespace x {}\n"}, 1),
    ("relative include", {"store/a.hpp": ONCE, "store/b.cpp": '#include "a.hpp"\n'}, 1),
    ("tests may include the libraries", {"tests/store/a_test.cpp": "#include <leveldb/env.h>\n"}, 0),
]

if __name__ == "__main__":
    _tidy.run(check, EXAMPLES, _tidy.files(".hpp", ".cpp"))
