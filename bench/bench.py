"""The bench: measures lprserver beside the limits and the peers, prints a table, writes results.json.

Called by script/bench, which builds what this needs.
"""

import argparse
import json
import pathlib
import resource
import sys
import tempfile
import time

from harness import (alerts, daylong, fullbuild, ingest, large, limits, listeners, lookups, machine, onemore,
                     overload, pages, sockets, table)
from harness.measurements import Measurements
from harness.programs import BENCH, Bench

# A workload is a name and a function that adds its measurements of one round. Order matters: the limits
# use the batch sizes, and the alerts the rate, that ingest had in the same round.
WORKLOADS = {
    "small": ingest.small,
    "lines": ingest.lines,
    "pictures": ingest.pictures,
    "rows": limits.rows,
    "files": limits.files,
    "alerts": alerts.latency,
    "lookups": lookups.latency,
    "pages": pages.delay,
    "listeners": listeners.idle,
    "fanout": listeners.fanout,
    "sockets": sockets.busy,
    "cameras": sockets.idle,
    "overload": overload.measure,
    "slowdisk": overload.slow_disk,
    "large": large.measure,
    "build": fullbuild.measure,
    "onemore": onemore.measure,
    "day": daylong.measure,
}

# Slow workloads with steady results run in the first round only, as the column "n" shows.
ONCE = {"listeners", "fanout", "cameras", "slowdisk", "build", "onemore", "day"}


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.split("\n")[0])
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--python", default="", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 21), metavar="N",
                        help="samples per measurement (3)")
    parser.add_argument("--only", default=",".join(WORKLOADS), metavar="NAMES",
                        help=f"some of {', '.join(WORKLOADS)}")
    parser.add_argument("--seconds-max", type=float, default=840, metavar="S",
                        help="no round begins that would end later than this (840)")
    return parser.parse_args()


def measure(bench, names, rounds, seconds_max):
    """Runs the rounds; returns how many cores other programs used in each complete round."""
    begun, others, shares, repeated = time.monotonic(), machine.Others(), [], 0.0
    for number in range(rounds):
        if number and time.monotonic() - begun + repeated > seconds_max:
            print(f"only {number} of {rounds} rounds: the time is up", file=sys.stderr)
            break
        repeated = 0.0
        for name in names:
            if number and name in ONCE:
                continue
            start = time.monotonic()
            print(f"round {number + 1} of {rounds}: {name} …", end="", file=sys.stderr, flush=True)
            WORKLOADS[name](bench)
            passed = time.monotonic() - start
            repeated += 0 if name in ONCE else passed
            print(f" {passed:.0f} s", file=sys.stderr)
        shares.append(others.cores())
    return shares


def main():
    """Runs the workloads, prints the table, writes the results."""
    options = arguments()
    names = options.only.split(",")
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        raise machine.BenchError(f"there is no workload {unknown[0]}: {', '.join(WORKLOADS)}")
    # 1,000 listeners need more descriptors than the usual 1,024, here and in the server.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    measurements = Measurements()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lpr-bench-") as scratch:
        bench = Bench(measurements, scratch, options.binary, pathlib.Path(options.python) if
                      options.python else None)
        others = measure(bench, names, options.rounds, options.seconds_max)
    rows = table.make(measurements)
    load, busiest = max(
        ((measurements.detail(name, "cpu_share") or 0, name) for name in measurements.kept
         if name.startswith(("ingest.", "sockets.", "overload."))),
        default=(0, ""),
    )
    results = {
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "rounds": len(others),
        "seconds": round(time.monotonic() - begun), "machine": machine.describe(),
        "others_cores": [round(share, 2) for share in others], "load_cores_max": round(load, 2),
        "load_busiest": busiest,
        "rows": rows, "measurements": measurements.kept,
    }
    (BENCH / "results.json").write_text(
        json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(table.text(rows))
    print("\n" + remarks(results))


def remarks(results):
    """What a reader must know about the conditions of the run."""
    lines = [
        f"{results['rounds']} rounds in {results['seconds']} s; a measurement is the median, ± half the"
        " distance between lowest and highest; a ratio is the median of the rounds' ratios.",
        f"The load generator used {results['load_cores_max']} of a core at most"
        + (f" ({results['load_busiest']}): there it was a bottleneck."
           if results["load_cores_max"] > 0.9 else ": no bottleneck."),
    ]
    worst = max(results["others_cores"])
    lines.append(
        f"Other programs and the kernel's threads used {worst} cores in the worst round"
        + (": the machine was not quiet." if worst > 0.3 else ".")
    )
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        main()
    except machine.BenchError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: stopped")
