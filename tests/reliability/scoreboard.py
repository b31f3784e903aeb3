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
store_tests = "{build}/tests/test_store"
# Name, command, environment of the long form, its minutes on two processors that have nothing else to do.
tests = [
    ("operation faults", [store_tests, "--gtest_filter=OperationFaults.*"], {}, 1),
    ("power cuts", [store_tests, "--gtest_filter=*PowerCut*"], {}, 1),
    ("crashes of the store", [store_tests, "--gtest_filter=CrashTest.*"], {}, 1),
    ("reads that fail", [store_tests, "--gtest_filter=*ReadFaults*"], {}, 1),
    ("faults of LevelDB", [store_tests, "--gtest_filter=IndexFaults.*"], {}, 1),
    ("order of syncs", [f"{worlds}/sync_order.py"], {}, 1),
    ("system calls fail or kill", [f"{worlds}/sweep.py"], {"STAGECOACH_SWEEP": "all"}, 5),
    ("kill -9 under load", [f"{worlds}/kill_rounds.py"], {"STAGECOACH_ROUNDS": "1000"}, 30),
    ("kill -9 beside peers", ["tests/reliability/beside_peers.py"], {"STAGECOACH_ROUNDS": "50"}, 5),
    ("power cuts of a machine", ["tests/reliability/power_cut.py"], {}, 4),
    ("bits flip and files are cut", [f"{worlds}/bit_flips.py"], {"STAGECOACH_ROUNDS": "2000"}, 8),
    ("full disk", [f"{worlds}/disk_full.py"], {}, 1),
    ("few inodes", [f"{worlds}/few_inodes.py"], {}, 1),
    ("few descriptors", [f"{worlds}/few_descriptors.py"], {}, 1),
    ("little memory", [f"{worlds}/little_memory.py"], {"STAGECOACH_SECONDS": "60"}, 2),
    ("clock jumps", [f"{worlds}/clock_jumps.py"], {}, 1),
    ("slow disk", [f"{worlds}/slow_disk.py"], {}, 1),
    ("overload", [f"{worlds}/overload.py"], {"STAGECOACH_SECONDS": "300"}, 7),
    ("stop under load", [f"{worlds}/stop.py"], {}, 1),
    ("smuggling", [f"{worlds}/smuggling.py"], {}, 1),
    ("hostile SMTP", [f"{worlds}/hostile_smtp.py"], {}, 1),
    ("hostile sign-ins", [f"{worlds}/hostile_logins.py"], {}, 1),
    ("hostile HTTP", [f"{worlds}/hostile_http.py"], {}, 1),
    ("hostile IMAP and messages", [f"{worlds}/hostile_imap.py"], {}, 1),
    ("failed logins", [f"{worlds}/failed_logins.py"], {}, 1),
    ("what logins cost", [f"{worlds}/login_costs.py"], {}, 1),
]
long_only = {"kill -9 beside peers", "power cuts of a machine"}
figures = ("rounds", "faults", "inputs", "acknowledged")
beside_figures = ("lost", "duplicates", "ms to return")  # told where a peer is measured too


def run(command, environment, build):
    """Outcome, figures, those of who was measured beside each other, and output of one test."""
    words = [word.replace("{build}", build) for word in command]
    if words[0].endswith(".py"):
        words.insert(0, sys.executable)
    known = {"STAGECOACH": f"{build}/stagecoach", "STAGECOACH_BUILD": build}
    done = subprocess.run(words, env={**os.environ, **known, **environment}, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, errors="replace")
    found, beside = dict.fromkeys(figures, 0), []
    for line in done.stdout.splitlines():
        if line.startswith("score "):
            for name, value in json.loads(line[6:]).items():
                found[name] += value
        elif line.startswith("beside {"):  # a test may say the word in a sentence, too
            beside.append(json.loads(line[7:]))
    return done.returncode == 0, found, beside, done.stdout


def why(output):
    """What a failed test says: its failure, which a server's log may follow, and the end."""
    at = output.rfind("Traceback (most recent call last)")
    return output[-5000:] if at < 0 or len(output) - at < 5000 else output[at:at + 3000] + "\n...\n" + output[-1000:]


def row(name, found, *more):
    print(f"{name:28}" + "".join(f"{found[one] or '':>13}" for one in figures) + "".join(f"{one:>12}" for one in more),
          flush=True)


def row_beside(found):
    print(f"  {found['name']:26}" + "".join(f"{found.get(one, ''):>13}" for one in figures)
          + "".join(f"  {found[one]} {one}" for one in beside_figures if one in found), flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", default="build")
    options.add_argument("--quick", action="store_true", help="as much as ./dev test does")
    options.add_argument("--only", help="names, with commas between them")
    chosen = options.parse_args()
    all_names = [name for name, _, _, _ in tests if not (chosen.quick and name in long_only)]
    names = chosen.only.split(",") if chosen.only else all_names
    unknown = set(names) - set(all_names)
    if unknown:
        sys.exit(f"there is no test {', '.join(sorted(unknown))}; there are: {', '.join(all_names)}")
    if not chosen.quick:
        print(f"this takes about {sum(minutes for name, _, _, minutes in tests if name in names)} minutes", flush=True)
    row("test", {one: one for one in figures}, "seconds", "outcome")
    total, failed = dict.fromkeys(figures, 0), []
    for name, command, environment, minutes in tests:
        if name not in names:
            continue
        if minutes > 1 and not chosen.quick and sys.stderr.isatty():
            print(f"{name}: about {minutes} minutes", file=sys.stderr)
        began = time.monotonic()
        is_good, found, beside, output = run(command, {} if chosen.quick else environment, chosen.build)
        row(name, found, f"{time.monotonic() - began:.0f}", "good" if is_good else "FAILED")
        for one in beside:
            row_beside(one)
        for one in figures:
            total[one] += found[one]
        if not is_good:
            failed.append(name)
            print(why(output))
    row("in all", total)
    print(f"FAILED: {', '.join(failed)}" if failed else "nothing acknowledged was lost, nothing wrong was served")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
