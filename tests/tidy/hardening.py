"""The built program has what its compile and link flags promise (CMakeLists.txt): seen with readelf."""

import os
import subprocess
import sys

import _tidy


def readelf(program):
    run = subprocess.run(["readelf", "--wide", "--dynamic", "--program-headers", "--file-header", "--symbols", program],
                         capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return run.stdout


def complain(text):
    lines = [line.strip() for line in text.splitlines()]
    segments = [line.split() for line in lines if line.startswith(("LOAD ", "GNU_STACK ", "GNU_RELRO "))]

    def flags(segment):  # between MemSiz and Align: "R E" is printed with blanks
        return "".join(segment[6:-1])

    if not any(line.startswith("Type:") and "DYN" in line for line in lines) or not any(
            "FLAGS_1" in line and "PIE" in line for line in lines):
        yield "not a position-independent executable"
    if not any("BIND_NOW" in line or ("FLAGS_1" in line and "NOW" in line) for line in lines):
        yield "symbols are bound late: no BIND_NOW"
    if not any(segment[0] == "GNU_RELRO" for segment in segments):
        yield "no RELRO"
    for segment in segments:
        if segment[0] == "LOAD" and "W" in flags(segment) and "E" in flags(segment):
            yield f"a segment is writable and executable: {' '.join(segment)}"
        if segment[0] == "GNU_STACK" and "E" in flags(segment):
            yield "the stack is executable"
    if not any(segment[0] == "GNU_STACK" for segment in segments):
        yield "no GNU_STACK: the stack may be executable"
    for line in lines:
        if "(RPATH)" in line or "(RUNPATH)" in line:
            yield f"libraries are searched in a path of ours: {line}"
    if not any("_chk@" in line or line.endswith("_chk") for line in lines):
        yield "no fortified call (_chk)"
    if not any("__stack_chk_fail" in line for line in lines):
        yield "no stack protector"


GOOD = """
  Type:                              DYN (Position-Independent Executable file)
  LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x003510 0x003510 R   0x1000
  LOAD           0x004000 0x0000000000004000 0x0000000000004000 0x013581 0x013581 R E 0x1000
  LOAD           0x01ff70 0x0000000000020f70 0x0000000000020f70 0x001330 0x0025e0 RW  0x1000
  GNU_STACK      0x000000 0x0000000000000000 0x0000000000000000 0x000000 0x000000 RW  0x10
  GNU_RELRO      0x01ff70 0x0000000000020f70 0x0000000000020f70 0x001090 0x001090 R   0x1
 0x000000000000001e (FLAGS)              BIND_NOW
 0x000000006ffffffb (FLAGS_1)            Flags: NOW PIE
     5: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND __stack_chk_fail@GLIBC_2.4 (3)
     6: 0000000000000000     0 FUNC    GLOBAL DEFAULT  UND __memcpy_chk@GLIBC_2.3.4 (4)
"""
EXAMPLES = [
    ("as built", {"x": GOOD}, 0),
    ("fixed address", {"x": GOOD.replace("DYN (Position-Independent Executable file)", "EXEC (Executable file)")}, 1),
    ("lazy binding", {"x": GOOD.replace("BIND_NOW", "").replace("NOW PIE", "PIE")}, 1),
    ("no RELRO", {"x": GOOD.replace("GNU_RELRO", "NOTE     ")}, 1),
    ("writable code", {"x": GOOD.replace("0x0025e0 RW ", "0x0025e0 RWE")}, 1),
    ("executable stack", {"x": GOOD.replace("0x000000 RW  0x10", "0x000000 RWE 0x10")}, 1),
    ("RUNPATH", {"x": GOOD + " 0x1d (RUNPATH)  Library runpath: [/opt/lib]\n"}, 1),
    ("not fortified", {"x": GOOD.replace("__memcpy_chk", "memcpy")}, 1),
    ("no stack protector", {"x": GOOD.replace("__stack_chk_fail", "abort")}, 1),
]


def check(outputs):
    return [f"{program}: {c}" for program, text in outputs.items() for c in complain(text)]


if __name__ == "__main__":
    sanitizer = os.environ.get("STAGECOACH_SANITIZE", "")
    built = os.environ.get("STAGECOACH", os.path.join(_tidy.ROOT, "build", "stagecoach"))
    if sanitizer:
        print(f"self-test only: this build has the {sanitizer} sanitizer instead of the hardening flags")
        _tidy.run(check, EXAMPLES, {})
    if not os.path.exists(built):
        sys.exit(f"{built} is not built")
    _tidy.run(check, EXAMPLES, {built: readelf(built)})
