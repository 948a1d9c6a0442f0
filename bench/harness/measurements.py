"""Samples by name, their median and spread."""

import statistics


class Measurements:
    """What was measured; a name has one sample a round, and perhaps details of each."""

    def __init__(self):
        self.kept = {}

    def add(self, name, value, unit, **details):
        """Adds a sample."""
        figure = self.kept.setdefault(name, {"unit": unit, "samples": [], "details": []})
        figure["samples"].append(round(float(value), 4))
        figure["details"].append(details)

    def add_load(self, name, result):
        """Adds what the load generator printed: rate, latencies, what went wrong."""
        self.add(name, result["rate"], "reads/s", **{
            key: result[key]
            for key in ("p50_ms", "p99_ms", "max_ms", "statuses", "broken", "cpu_share")
        })

    def median(self, name):
        """The median; None where nothing was measured."""
        figure = self.kept.get(name)
        return statistics.median(figure["samples"]) if figure else None

    def spread(self, name):
        """Highest less lowest sample as a share of the median."""
        samples = self.kept[name]["samples"]
        middle = statistics.median(samples)
        return (max(samples) - min(samples)) / middle if middle else 0.0

    def detail(self, name, key):
        """The median of a detail."""
        figure = self.kept.get(name)
        values = [details[key] for details in figure["details"] if key in details] if figure else []
        return statistics.median(values) if values else None

    def ratio(self, name, other):
        """The median of the ratios round by round: what one round shares, weather included."""
        if name not in self.kept or other not in self.kept:
            return None
        pairs = zip(self.kept[name]["samples"], self.kept[other]["samples"])
        ratios = [a / b for a, b in pairs if b]
        return statistics.median(ratios) if ratios else None
