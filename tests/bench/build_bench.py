#!/usr/bin/env python3
"""A clean build as a newcomer's machine makes it, without ccache: how long it takes, and which steps take longest.
`./dev bench build` runs it.

    build_bench.py [--build DIR] [--slowest N] [--target NAME]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time

goal_minutes = 10


def steps_of(log):
    """Seconds and output of each step, the longest first. A line of .ninja_log: start ms, end ms, mtime, output, hash."""
    steps = {}
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                start, end, _, output, command = line.rstrip("\n").split("\t")
                steps[command] = ((int(end) - int(start)) / 1000, output)  # one command may have several outputs
    return sorted(steps.values(), reverse=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", help="not used: this benchmark builds in a folder of its own")
    options.add_argument("--slowest", type=int, default=15, help="how many steps to show")
    options.add_argument("--target", default="all")
    chosen = options.parse_args()

    environment = dict(os.environ, CCACHE_DISABLE="1")
    with tempfile.TemporaryDirectory(prefix="stagecoach-build-") as folder:
        subprocess.run(["cmake", "--preset", "plain", "-B", folder], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        begun = time.monotonic()
        built = subprocess.run(["ninja", "-C", folder, f"-j{os.cpu_count()}", chosen.target], env=environment,
                               capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
        if built.returncode != 0:
            sys.stderr.write(built.stdout[-5000:])
            return 1
        steps = steps_of(os.path.join(folder, ".ninja_log"))

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"clean build: {seconds / 60:.1f} minutes, goal under {goal_minutes}"
          f"{'' if seconds < goal_minutes * 60 else '   BELOW GOAL'}")
    print(f"{len(steps)} steps on {os.cpu_count()} processors, {used.ru_utime:.0f} s in user and {used.ru_stime:.0f} s in system")
    for taken, output in steps[:chosen.slowest]:
        print(f"{taken:8.1f} s  {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
