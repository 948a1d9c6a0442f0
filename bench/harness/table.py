"""The table: our measurements beside a limit's or a peer's of the same run."""

import re

from .rows import ROWS

HEADS = ["measurement", "ours", "n", "spread", "p50 / p99 ms", "baseline", "of baseline", "ratio", "bar", "met"]
BAR = re.compile(r"(difference )?([≥≤>]) ([\d.,]+)( .+)?")


def make(measurements):
    """The measured rows, as dictionaries."""
    rows = []
    for what, ours, theirs, whose, bar in ROWS:
        if ours not in measurements.kept or (theirs and theirs not in measurements.kept):
            continue
        rows.append({
            "what": what, "ours": measurements.median(ours), "unit": measurements.kept[ours]["unit"],
            "samples": len(measurements.kept[ours]["samples"]), "spread": measurements.spread(ours),
            "p50_ms": measurements.detail(ours, "p50_ms"), "p99_ms": measurements.detail(ours, "p99_ms"),
            "whose": whose, "theirs": measurements.median(theirs) if theirs else None,
            "ratio": measurements.ratio(ours, theirs) if theirs else None, "bar": bar,
        })
        rows[-1]["is_met"] = is_met(rows[-1])
    return rows


def is_met(row):
    """Whether a row reaches its bar; None where it has none.

    A bar with a unit is for our figure, one without for the ratio, a difference for ours less theirs.
    """
    parts = BAR.fullmatch(row["bar"])
    if not parts:
        return None
    difference, sign, text, unit = parts.groups()
    value, bar = row["ours"] if unit else row["ratio"], float(text.replace(",", ""))
    if difference:
        value = row["ours"] - row["theirs"]
    if value is None:
        return None
    return value <= bar if sign == "≤" else value > bar if sign == ">" else value >= bar


def number(value):
    """Three significant digits."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cells(row):
    """The cells of a row."""
    latency = ""
    if row["p50_ms"] is not None:
        latency = f"{number(row['p50_ms'])} / {number(row['p99_ms'])}"
    return [
        row["what"], f"{number(row['ours'])} {row['unit']}", str(row["samples"]),
        f"±{50 * row['spread']:.0f} %" if row["samples"] > 1 else "", latency, row["whose"],
        number(row["theirs"]), number(row["ratio"]), row["bar"],
        {None: "", True: "yes", False: "**missed**"}[row["is_met"]],
    ]


def text(rows):
    """The table for a terminal."""
    lines = [HEADS] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines
    )


def markdown(rows):
    """The table in Markdown."""
    lines = [HEADS, ["---"] * len(HEADS)] + [cells(row) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
