#!/usr/bin/env python3
"""Faults, kills and hostile input against the store and the running server, and what became of the mail. `./dev reliability`
runs it, `--quick` as much of each as `./dev test` does.

    scoreboard.py [--build DIR] [--quick] [--only NAME,...]

Each test fails when anything that was acknowledged is lost or anything wrong is served; here their figures stand together.
"""

import argparse
import json
import os
import subprocess
import sys
import time

worlds = "tests/worlds"
# Name, command, environment of the long form.
tests = [
    ("operation faults", ["{build}/tests/test_store", "--gtest_filter=OperationFaults.*"], {}),
    ("power cuts", ["{build}/tests/test_store", "--gtest_filter=*PowerCut*"], {}),
    ("crashes of the store", ["{build}/tests/test_store", "--gtest_filter=CrashTest.*"], {}),
    ("faults of LevelDB", ["{build}/tests/test_store", "--gtest_filter=IndexFaults.*"], {}),
    ("order of syncs", [f"{worlds}/sync_order.py"], {}),
    ("system calls fail or kill", [f"{worlds}/sweep.py"], {"STAGECOACH_SWEEP": "all"}),
    ("kill -9 under load", [f"{worlds}/kill_rounds.py"], {"STAGECOACH_ROUNDS": "1000"}),
    ("bits flip, files are cut", [f"{worlds}/bit_flips.py"], {"STAGECOACH_ROUNDS": "2000"}),
    ("full disk", [f"{worlds}/disk_full.py"], {}),
    ("few descriptors", [f"{worlds}/few_descriptors.py"], {}),
    ("clock jumps", [f"{worlds}/clock_jumps.py"], {}),
    ("slow disk", [f"{worlds}/slow_disk.py"], {}),
    ("stop under load", [f"{worlds}/stop.py"], {}),
    ("smuggling", [f"{worlds}/smuggling.py"], {}),
    ("hostile SMTP", [f"{worlds}/hostile_smtp.py"], {}),
    ("hostile IMAP and messages", [f"{worlds}/hostile_imap.py"], {}),
    ("failed logins", [f"{worlds}/failed_logins.py"], {}),
    ("what logins cost", [f"{worlds}/login_costs.py"], {}),
]
figures = ("rounds", "faults", "inputs", "acknowledged")


def run(command, environment, build):
    """Outcome, figures and output of one test."""
    words = [word.replace("{build}", build) for word in command]
    if words[0].endswith(".py"):
        words.insert(0, sys.executable)
    done = subprocess.run(words, env={**os.environ, "STAGECOACH": f"{build}/stagecoach", **environment}, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          errors="replace")
    found = dict.fromkeys(figures, 0)
    for line in done.stdout.splitlines():
        if line.startswith("score "):
            for name, value in json.loads(line[6:]).items():
                found[name] += value
    return done.returncode == 0, found, done.stdout


def row(name, found, *more):
    print(f"{name:28}" + "".join(f"{found[one] or '':>13}" for one in figures) + "".join(f"{one:>12}" for one in more),
          flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", default="build")
    options.add_argument("--quick", action="store_true", help="as much as ./dev test does")
    options.add_argument("--only", help="names, with commas between them")
    chosen = options.parse_args()
    names = chosen.only.split(",") if chosen.only else [name for name, _, _ in tests]
    unknown = set(names) - {name for name, _, _ in tests}
    if unknown:
        sys.exit(f"there is no test {', '.join(sorted(unknown))}; there are: {', '.join(name for name, _, _ in tests)}")
    row("test", {one: one for one in figures}, "seconds", "outcome")
    total, failed = dict.fromkeys(figures, 0), []
    for name, command, environment in tests:
        if name not in names:
            continue
        began = time.monotonic()
        is_good, found, output = run(command, {} if chosen.quick else environment, chosen.build)
        row(name, found, f"{time.monotonic() - began:.0f}", "good" if is_good else "FAILED")
        for one in figures:
            total[one] += found[one]
        if not is_good:
            failed.append(name)
            print(output[-5000:])
    row("in all", total)
    print(f"FAILED: {', '.join(failed)}" if failed else "nothing acknowledged was lost, nothing wrong was served")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
