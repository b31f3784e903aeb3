"""Five times as many clients as the server does best with, who come again at once when they are refused and give up when they
wait for too long: it goes on doing useful work, mailboxes of actors and memory stay bounded, every acknowledged mail is
there, and seconds after the load everything is as before. STAGECOACH_SECONDS makes the overload longer, and then what
is acknowledged must be four fifths of the peak."""

import json
import os
import re
import subprocess
import threading
import time

from _world import clock_ticks, expect, program, run, sanitizer, say, score, small, until

load_program = os.path.join(os.environ.get("STAGECOACH_BUILD") or os.path.dirname(program), "tests", "mail_load_bench")
long_s = float(os.environ.get("STAGECOACH_SECONDS") or 0)
peak_s = 8 if long_s else small(1, 2)
overload_s = long_s or small(3, 4)
rounds = 1 if long_s else 2
# The clients run on the same processors, and when others have work too, what the server gets of them differs from one minute to
# the next. What it makes of that differs less. So mails a second count fully only on a machine that has nothing else to do.
least_work = 0.8 if long_s else 0.5
least_ratio = 0.8 if long_s else 0.3
least_ratio_of_a_busy_machine = 0.2
foreign_max = 0.1  # of the processors
numbers_of_clients = [10, 40, 160] if not sanitizer else [4, 16]
times = 5
least_overload = small(500, 100)
patience_ms = 10_000
look_every_s = 1 if long_s else 0.1  # the peak is measured without a look, which costs processor time too
memory_growth_mb = 300  # of what is not the index of the mailbox
recover_s = 10
mail_bytes = 2000


class Machine:
    """What the processors have done so far."""

    def __init__(self):
        with open("/proc/stat", encoding="ascii") as lines:
            figures = [int(word) for word in lines.readline().split()[1:9]]  # user nice system idle iowait irq softirq steal
        self.all = sum(figures)
        self.busy = self.all - figures[3] - figures[4]
        times = os.times()
        self.ours = clock_ticks * (times.user + times.system + times.children_user + times.children_system)

    def foreign_since(self, before, of_server):
        return (self.busy - before.busy - (self.ours - before.ours) - of_server) / max(1, self.all - before.all)


class Load:
    def __init__(self, world):
        self.world = world
        self.first = 0
        self.foreign = 0.0  # of the processors, used by neither the server nor its clients; the most in any run
        self.ledger = os.path.join(world.home, "acknowledged")

    def run(self, clients, seconds, **more):
        words = {"smtp": self.world.ports["smtp"], "connections": clients, "seconds": int(seconds), "size": mail_bytes,
                 "mails": 10**9, "first": self.first, "ledger": self.ledger, **more}
        words = [word for name, value in words.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        before, machine_before = self.world.ticks(), Machine()
        done = subprocess.run([load_program, "smtp", *words], capture_output=True, text=True, check=False,
                              timeout=seconds + 120, stdin=subprocess.DEVNULL)
        expect(done.returncode == 0 and done.stdout, f"the load ended with {done.returncode}: {done.stderr}")
        self.first += 10**8
        told = json.loads(done.stdout)
        used = self.world.ticks() - before
        self.foreign = max(self.foreign, Machine().foreign_since(machine_before, used))
        told["work"] = told["accepted"] * clock_ticks / max(1, used)
        # As long as it was meant to last: what trickles in afterwards is no reason to divide by more.
        told["goodput"] = told["accepted"] / max(seconds, told["seconds"])
        return told

    def peak(self, clients):
        told = self.run(clients, peak_s)
        expect(told["failed"] == 0, f"{clients} clients: {told}")
        return told

    def over(self, clients):
        return self.run(clients, overload_s, session_mails=20, again="yes", pause=10, patience=patience_ms)

    def acknowledged(self):
        with open(self.ledger, encoding="ascii") as lines:
            return {int(line) for line in lines}


class Watch:
    """While something runs: the deepest mailbox of an actor, the memory, and how long somebody waits who asks for nothing."""

    def __init__(self, world):
        self.world = world
        self.ends = threading.Event()
        self.depths = {}
        self.memory = 0
        self.waits = []
        self.failures = []
        self.threads = [threading.Thread(target=work) for work in (self.look, self.ask)]

    def look(self):
        while not self.ends.wait(look_every_s):
            code, output, errors = self.world.command("actors", "--dir", self.world.data, "--json")
            if code != 0:
                self.failures.append(AssertionError(f"actors ends with {code}: {errors}"))
                return
            for one in json.loads(output)["result"]["actors"]:
                self.depths[one["kind"]] = max(self.depths.get(one["kind"], 0), int(one["depth"]))
            self.memory = max(self.memory, self.world.status("VmRSS"))

    def ask(self):
        try:
            with self.world.imap(timeout=60) as client:
                while not self.ends.wait(0.05):
                    began = time.monotonic()
                    client.good("NOOP")
                    self.waits.append(time.monotonic() - began)
        except Exception as why:  # pylint: disable=broad-except
            self.failures.append(why)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]


def numbers_there(world):
    """The numbers of the mails in the mailbox, read as they stream by; each may be there once."""
    found = set()
    with world.imap(timeout=300) as client:
        exists, _, _ = client.select()
        step = 20_000
        for first in range(1, exists + 1, step):
            tag = client.begin(f"FETCH {first}:{min(exists, first + step - 1)} BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
            end = re.compile(rb"^%s (.*)\r\n" % tag.encode(), re.MULTILINE)
            while not (done := end.search(client.buffer, max(0, len(client.buffer) - 200))):
                client.more(time.monotonic() + 60)
            expect(done[1].startswith(b"OK"), f"FETCH is answered {done[1]!r}")
            for number in re.findall(rb"Subject: load (\d+)\r\n", client.buffer):
                found.add(int(number))
            client.buffer.clear()
    return found, exists


def mean(told, what):
    return sum(one[what] for one in told) / len(told)


def answers_quickly(world):
    began = time.monotonic()
    with world.smtp(timeout=60) as client:
        client.hello()
        return client.command("NOOP").code == 250 and time.monotonic() - began < small(0.2, 2)


def recovered(world, load, clients):
    """What is done a moment after the overload."""
    until(lambda: answers_quickly(world), recover_s, "somebody new is answered at once")
    told = load.peak(clients)
    expect(told["refused"] == told["late"] == 0, f"after the overload: {told}")
    return told


def test(world):
    world.start("--quiet", verify=not long_s)
    load = Load(world)
    peaks = {clients: load.peak(clients) for clients in numbers_of_clients}
    best = max(peaks, key=lambda clients: peaks[clients]["goodput"])
    say("mails a second: " + ", ".join(f"{told['goodput']:.0f} with {clients} clients" for clients, told in peaks.items()))
    many = max(times * best, least_overload)
    before, during = [peaks[best]], []
    base = world.status("VmRSS")
    with Watch(world) as watch:
        for number in range(rounds):
            if number > 0:
                before.append(load.peak(best))
            told = load.over(many)
            during.append(told)
            say(f"{many} clients: {told['goodput']:.0f} a second, {told['refused']} refused, {told['late']} gave up, "
                f"p50 {told['mail_p50_ms']:.0f} ms, p99 {told['mail_p99_ms']:.0f} ms, {told['failed']} failed otherwise")
            expect(told["failed"] == 0, f"under overload: {told}")
    after = recovered(world, load, best)
    before.append(after)
    ratio, work = (mean(during, what) / mean(before, what) for what in ("goodput", "work"))
    found, exists = numbers_there(world)
    acknowledged = load.acknowledged()
    lost = acknowledged - found
    watch.waits.sort()
    deepest = max(watch.depths.items(), key=lambda one: one[1])
    grown = (watch.memory - base) / 1024
    say(f"{ratio:.2f} of the peak, {work:.2f} of it for a second of the server's processor time; others used "
        f"{100 * load.foreign:.0f} % of the processors; deepest mailbox {deepest[1]} ({deepest[0]}); memory "
        f"{grown:+.0f} MB; NOOP p99 {watch.waits[int(len(watch.waits) * 0.99)] * 1000:.0f} ms; {len(acknowledged)} acknowledged, "
        f"{len(lost)} lost, {exists} there")
    score(acknowledged=len(acknowledged))
    expect(not lost, f"acknowledged and lost: {sorted(lost)[:10]}")
    expect(exists == len(found), f"{exists} messages with {len(found)} numbers: some are there twice")
    # Each client has asked for one thing at a time; twice for what is told beside.
    expect(deepest[1] <= 2 * many + 200, f"the mailbox of {deepest[0]} was {deepest[1]} deep")
    index_mb = exists * 500 / (1 << 20)
    expect(sanitizer or grown < memory_growth_mb + index_mb, f"the server has grown by {grown:.0f} MB")
    if sanitizer:
        return
    least = least_ratio if load.foreign < foreign_max else least_ratio_of_a_busy_machine
    expect(work >= least_work, f"a second of processor time brings {work:.2f} of what it does at the peak")
    expect(ratio >= least, f"{ratio:.2f} of the peak is acknowledged, not {least}")


run(test, seconds=small(120, 300) + 4 * overload_s)
