"""STYLE's "Not here", as far as a regular expression can be trusted: names, words and calls that are not written."""

import re

import _tidy

CPP = (".hpp", ".cpp")

# (what is wrong, pattern, where it counts: a path pattern, what is read). `code` is C++ without comments and strings.
RULES = [
    ("a name says what it is, not that it manages, helps or implements",
     r"(?<![.>:\w])(?:\w+_)?(?:manager|helper|utils?|impl)\b|(?<![.>:\w])[A-Za-z]+(?:Manager|Helper|Utils?|Impl)\b", r".",
     "code"),
    ("values are nouns: no get_", r"(?<![.>:\w])(?<!>\s)get_(?!if\b|executor\b)\w+\s*\(", r".", "code"),
    ("a TODO names its issue: TODO(#12)", r"\bTODO\b(?!\(#\d+\))", r".", "text"),
    ("finish it, or file it", r"\b(?:FIXME|XXX|HACK)\b", r".", "text"),
    ("a skipped test prints its reason", r"\bGTEST_SKIP\(\)\s*;|\bDISABLED_\w+", r"^tests/", "code"),
    # Except for the site and its sessions, which are told nothing before an answer, and whose streams need to know the
    # connection.
    ("a mailbox relays, it never delegates: the answer would overtake the changes", r"\bdelegate\s*\(",
     r"^actors/(?!web/(?:site|web_session)\.cpp)", "code"),
    ("class-based actors only", r"\bstateful_actor\b", r"^actors/", "code"),
    ("ask() is the only door to a request", r"(?<!\w)request\s*\(\s*\w+\s*,", r"^actors/(?!runtime/)", "code"),
    ("a continuation outlives the message: capture values", r"\.then\s*\(\s*\[\s*&", r"^actors/", "code"),
    # Except where a thread that is no actor's waits for the others, with a deadline: stopping a node, and one for tests.
    ("nothing sleeps: time is given", r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(", r"^(?!tests/support/|actors/node/)",
     "code"),
    ("no macros but CHECK and CHECK_STORE", r"^[ \t]*#[ \t]*define[ \t]+(?!CHECK\b|CHECK_STORE\b)\w+",
     r"^(?:protocols|messages|store|config|actors)/", "code"),
    ("name the namespace", r"\busing namespace (?!std::(?:chrono_)?literals|std::\w+_literals|std::string_view_literals)",
     r"\.hpp$", "code"),
    ("no default arguments in a public function",
     r"^[ \t]*(?!.*\b(?:for|if|while|switch|template|using|operator)\b)[\w:<>,&*\[\] ]+\s[\w]+\("
     r"[^()=;{}]*\b[\w:<>]+[&*]*\s+[&*]*\w+\s*=\s*[^=;{}]*\)[^;{}]*[;{]", r"^(?:protocols|messages|store|config|actors)/.*\.hpp$",
     "code"),
    ("g++ 12 frees a braced temporary in co_await twice: name it first", r"co_await[^;]*[\w>]\s*\{(?!\s*\})", r".", "code"),
    ("libcaf_io is never linked (docs/decisions.md)", r"caf/io/|caf/openssl/|caf::io\b", r".", "text"),
]
CATCH_ALL = re.compile(r"(^|/)(utils?|common|misc|helpers?)(\.\w+)?(/|$)")
THESE = "tests/tidy/"  # here the words stand as patterns


def complain(path, text):
    if CATCH_ALL.search(path):
        yield f"{path}:1: a file is about one thing: no catch-all"
    code = _tidy.bare(text, keep_includes=True) if path.endswith(CPP) else None
    for why, pattern, where, what in RULES:
        read = text if what == "text" else code
        if read is None or not re.search(where, path):
            continue
        for match in re.finditer(pattern, read, re.M):
            word = " ".join(match.group(0).split())[:60]
            yield f"{path}:{_tidy.line_of(read, match.end())}: {why} ({word})"


def check(sources):
    return [c for path, text in sorted(sources.items()) if not path.startswith(THESE) for c in complain(path, text)]


def one(text, expected, path="actors/edge/a.hpp"):
    return (text, {path: text}, expected)


EXAMPLES = [
    one("class mailbox_manager {};", 1),
    one("class mailbox {}; // no manager here", 0),
    one("struct ReaderImpl;", 1),
    one("actor->eq_impl(x); system.spawn_impl<A>(y);", 0),
    one("int get_size();", 1),
    one("auto* x = std::get_if<int>(&v); auto y = z.get_executor(); auto l = message.get_matcher();", 0),
    one("// TODO: later", 1),
    one("// TODO(#12): when the queue exists", 0),
    one("// FIXME", 1),
    one("TEST(A, B) { GTEST_SKIP(); }", 1, "tests/store/a_test.cpp"),
    one('TEST(A, B) { GTEST_SKIP() << "not root"; }', 0, "tests/store/a_test.cpp"),
    one("TEST(A, DISABLED_B) {}", 1, "tests/store/a_test.cpp"),
    one("return delegate(account_, m);", 1),
    one("return delegate(session, m);", 1, "actors/web/event_stream.cpp"),
    one("return delegate(session, m);", 0, "actors/web/site.cpp"),
    one("return delegate(stream, m);", 0, "actors/web/web_session.cpp"),
    one("// never delegate(x)", 0),
    one("request(account_, 10s, m).then(f);", 1),
    one("ask(account_, 10s, m).then(f);", 0),
    one("ask(account_, 10s, m).then([&](int) {});", 1),
    one("std::this_thread::sleep_for(10ms);", 1),
    one("#define HURRY 1", 1),
    one("#define CHECK(x) y", 0),
    one("using namespace std;", 1),
    one("void f(int a = 3);", 1),
    one("void f(int a,\n       bool b = true) const;", 1),
    one("for (int i = 0; i < 3; ++i) f(i);", 0),
    one("if (auto x = f(); x) g();", 0),
    one("struct a { int b = f(3); bool operator==(const a&) const = default; };", 0),
    one("void f(int a) { g(x = 3); }", 0),
    one("co_await take(agg{1});", 1),
    one("agg a{1}; co_await take(std::move(a)); b{2};", 0),
    one('#include "caf/io/all.hpp"', 1),
    ("catch-all", {"store/util.hpp": ""}, 1),
    ("catch-all folder", {"store/common/x.hpp": ""}, 1),
]

if __name__ == "__main__":
    _tidy.run(check, EXAMPLES, _tidy.files(*CPP, ".py", ".txt", ".md", ".sh"))
