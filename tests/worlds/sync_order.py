"""The order of system calls behind each answer: bodies are written and synced, then rows are written and synced, then the
client is told. For a small and a large mail, for several recipients, APPEND, COPY, MOVE, STORE and EXPUNGE."""

import _trace
from _world import equal, expect, run, say, until


def mail(subject, size):
    return b"From: a@example.org\r\nSubject: %s\r\n\r\n" % subject.encode() + b"%s\r\n" % (b"x" * 70) * (size // 72)


def work(world):
    """Does it all, one thing after another; returns what the server must have answered, in order."""
    answers = []
    with world.smtp() as smtp:
        smtp.hello()
        for subject, size, to in (("small", 500, ["ada@localhost"]), ("large", 3_000_000, ["ada@localhost"]),
                                  ("several", 500, ["ada@localhost", "bob@localhost"])):
            reply = smtp.mail("sender@example.org", to, mail(subject, size))
            equal(reply.code, 250, f"the reply to {subject}")
            answers.append(f"250 2.0.0 {reply.text.split(' ', 1)[1]}")
    # The other has not been told what is removed, so that is not released meanwhile: that commit has no answer of its own.
    with world.imap() as other, world.imap() as imap:
        other.select()
        imap.select()
        for command, *literals in (
            ("CREATE Letters",),
            ("APPEND INBOX {}", mail("appended", 700)),
            ("UID COPY 1:2 Letters",),
            ("UID MOVE 2 Letters",),
            (r"UID STORE 1,3 +FLAGS.SILENT (\Deleted $Label1)",),
            ("EXPUNGE",),
            ("RENAME Letters Old",),
        ):
            imap.good(command, *literals)
            answers.append(f"t{imap.count} OK ")
    return answers


def test(world):
    world.start("--account", "bob:stagecoach")
    trace = _trace.Trace(world)
    answers = work(world)
    until(lambda: trace.has_sent(answers[-1]), 10, "the last answer is in the trace")
    calls = trace.close()
    equal(_trace.violations(calls, world.data, answers), [], "what is wrong with the order")
    # The check can fail: without the syncs of rows, of bodies, or of the folder of bodies.
    for folder, complaint in (("/index/", "written and not synced"), ("/bodies/", "before its body was synced"),
                              ("/bodies", "its directory was not synced")):
        kept = [one for one in calls if not (one.name in _trace.syncing and (
            folder in one.file if folder.endswith("/") else one.file.endswith(folder)))]
        expect(len(kept) < len(calls), f"nothing in {folder} was synced")
        found = _trace.violations(kept, world.data, answers)
        expect(any(complaint in one for one in found), f"a trace without syncs in {folder} is taken for {found}")
    syncs = sum(one.name in _trace.syncing for one in calls)
    say(f"{len(answers)} answers, {syncs} syncs: body, then rows, then the answer")


run(test)
