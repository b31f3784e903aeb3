#!/usr/bin/env python3
"""Which lines of a folder ran, by folder and file, from what a build with --coverage counted. `./dev coverage` runs it.

    lines.py --build DIR [--folder protocols] [--at-least PERCENT] [--missing [PART OF A PATH]]

Fails when less than PERCENT of the lines ran. --missing prints the lines that did not, of the files named so.
"""

import argparse
import collections
import json
import os
import subprocess
import sys


def count_files(build):
    for place, _, names in os.walk(build):
        for name in names:
            if name.endswith(".gcda"):
                yield os.path.join(place, name)


def lines_of(build, folder):
    """{path: {line: how often it ran}}. A line of a template has one count for each instance: the largest counts."""
    found = collections.defaultdict(dict)
    paths = sorted(count_files(build))
    if not paths:
        sys.exit(f"nothing was counted in {build}")
    for start in range(0, len(paths), 50):
        done = subprocess.run(["gcov", "--json-format", "--stdout", *paths[start:start + 50]], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stderr)
        for document in done.stdout.splitlines():
            for file in json.loads(document)["files"] if document else ():
                path = os.path.normpath(os.path.join(build, file["file"]))  # ninja compiles in `build`
                if path.startswith(folder + "/"):
                    for line in file["lines"]:
                        number, counts = line["line_number"], found[path]
                        counts[number] = max(counts.get(number, 0), line["count"])
    if not found:
        sys.exit(f"no line of {folder}/ was counted in {build}")
    return found


def percent(ran, all_lines):
    return 100 * ran / all_lines


def table(found):
    """Prints a row for each file and folder, and returns how many lines ran and how many there are."""
    folders = collections.defaultdict(list)
    for path, counts in sorted(found.items()):
        folders[os.path.dirname(path)].append((path, sum(count > 0 for count in counts.values()), len(counts)))
    print(f"{'':58}{'lines':>7}{'not run':>9}{'covered':>9}")
    row = "{:58}{:7}{:9}{:8.1f}%".format
    total_ran = total = 0
    for folder, files in sorted(folders.items()):
        ran, all_lines = sum(one[1] for one in files), sum(one[2] for one in files)
        print(row(folder + "/", all_lines, all_lines - ran, percent(ran, all_lines)))
        for path, file_ran, file_lines in files:
            print(row("  " + os.path.basename(path), file_lines, file_lines - file_ran, percent(file_ran, file_lines)))
        total_ran, total = total_ran + ran, total + all_lines
    print(row("all", total, total - total_ran, percent(total_ran, total)))
    return total_ran, total


def print_missing(found, part):
    for path, counts in sorted(found.items()):
        if part not in path:
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read().splitlines()
        for number in sorted(number for number, count in counts.items() if count == 0):
            print(f"{path}:{number}: {text[number - 1].strip()}")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--build", required=True)
    options.add_argument("--folder", default="protocols")
    options.add_argument("--at-least", type=float, default=0, metavar="PERCENT")
    options.add_argument("--missing", nargs="?", const="", metavar="PART OF A PATH")
    chosen = options.parse_args()
    found = lines_of(chosen.build, chosen.folder)
    if chosen.missing is not None:
        return print_missing(found, chosen.missing)
    ran, total = table(found)
    if percent(ran, total) < chosen.at_least:
        sys.exit(f"{percent(ran, total):.1f} % of the lines of {chosen.folder}/ ran; {chosen.at_least:g} % are wanted")
    return None


if __name__ == "__main__":
    main()
