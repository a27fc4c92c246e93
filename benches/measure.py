"""Whole processes, timed: what `benches/figures` and `benches/peers/run` have in common."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
REPAT = TARGET / "release" / "repat"


class Once(NamedTuple):
    """One run of a command: wall time, peak of resident memory, and what it printed."""

    seconds: float
    peak: int
    output: str


def once(command):
    """Runs a command to its end; says what it printed if it fails."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err)
        # Not `resource.getrusage(RUSAGE_CHILDREN)`, which knows only the largest of all children.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            words = " ".join(str(word) for word in command)
            raise SystemExit(f"{words}\nended with {process.returncode}:\n{err.read()}")
        unit = 1 if sys.platform == "darwin" else 1024
        return Once(seconds, usage.ru_maxrss * unit, out.read())


def in_turns(jobs, rounds):
    """Runs commands by name, one after the other, several rounds: what slows the machine for a
    while then slows all of them. Gives the runs of each."""
    runs = {name: [] for name in jobs}
    for number in range(1, rounds + 1):
        for name, job in jobs.items():
            print(f"{name}, {number} of {rounds}", file=sys.stderr)
            runs[name].append(once(job))
    return runs


def build(manifest=None, target=TARGET):
    """Builds a release program of this repository."""
    arguments = ["--manifest-path", manifest or ROOT / "Cargo.toml", "--target-dir", target]
    subprocess.run(["cargo", "build", "--release", "--locked", *map(str, arguments)], check=True)


def seconds(runs):
    """The least time, and the most in brackets."""
    times = [run.seconds for run in runs]
    return f"{amount(min(times))} s" + (f" ({amount(max(times))})" if len(times) > 1 else "")


def peak(runs):
    """The highest peak. A child's peak counts from that of the process that started it, so
    that small ones cannot be told from this script's own."""
    most, floor = max(run.peak for run in runs), once(["true"]).peak
    return f"{most / 1e6:,.0f} MB" if most > 1.05 * floor else f"< {most / 1e6:,.0f} MB"


def amount(number):
    """Three digits, without an exponent: 1,240,000 or 0.0351."""
    digits = f"{number:.3g}"
    return f"{float(digits):,.0f}" if abs(number) >= 100 else digits


def people(number):
    """1e8 and the like as they are said."""
    for size, word in [(1e9, "billion"), (1e6, "million")]:
        if number >= size:
            return f"{number / size:g} {word}"
    return f"{number:,}"


def table(heads, rows):
    """A Markdown table; all but the first column to the right."""
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine(*versions):
    """What was measured on: the machine, and the versions of programs."""
    lines = {}
    for path in ["/proc/cpuinfo", "/proc/meminfo"]:
        if Path(path).exists():
            pairs = (line.partition(":") for line in Path(path).read_text().splitlines())
            lines.update({key.strip(): value.strip() for key, _, value in pairs})
    memory = int(lines.get("MemTotal", "0").split()[0]) / 1e6
    commit = once(["git", "-C", ROOT, "describe", "--always", "--dirty"]).output.strip()
    rows = [
        ["processor", lines.get("model name", platform.processor() or platform.machine())],
        ["cores", str(os.cpu_count())],
        ["memory", f"{memory:.0f} GB" if memory else "unknown"],
        ["system", f"{platform.system()} {platform.release()}"],
        ["load when this began", f"{os.getloadavg()[0]:.1f}"],
        [
            "versions",
            ", ".join(
                [f"repat {commit}", version("rustc"), f"Python {platform.python_version()}", *versions]
            ),
        ],
    ]
    return table(["machine", ""], rows)


def version(program):
    """`rustc 1.95.0`."""
    return " ".join(once([program, "--version"]).output.split()[:2])
