"""The report: one JSON file, one Markdown file, and plots."""
import datetime
import html
import json
import statistics

from lab import machine

OURS = "rentcache"
PALETTE = {"rentcache": "#2563eb", "bare": "#94a3b8", "bare-head": "#64748b", "nginx": "#16a34a", "trafficserver": "#d97706",
           "varnish": "#9333ea", "direct": "#94a3b8"}


class Table:
    """
    Figures of one experiment: for each row and contestant the samples of the rounds.

    ``better`` is "higher" or "lower"; a contestant that cannot take part in a row has a remark in place of samples.
    """

    def __init__(self, name, title, unit, better, remark=""):
        self.name, self.title, self.unit, self.better, self.remark = name, title, unit, better, remark
        self.rows = {}

    def add(self, row, contestant, sample):
        self.rows.setdefault(row, {}).setdefault(contestant, []).append(sample)

    def absent(self, row, contestant, why):
        self.rows.setdefault(row, {})[contestant] = why

    def contestants(self):
        return list(dict.fromkeys(name for row in self.rows.values() for name in row))

    def ratios(self, row, contestant):
        """Ours by theirs, round by round; None where one of both did not take part."""
        ours, theirs = self.rows[row].get(OURS), self.rows[row].get(contestant)
        if contestant == OURS or not isinstance(ours, list) or not isinstance(theirs, list):
            return None
        return [a / b for a, b in zip(ours, theirs) if b] or None

    def as_json(self):
        rows = []
        for row, by_name in self.rows.items():
            cells = {}
            for name, samples in by_name.items():
                if isinstance(samples, str):
                    cells[name] = {"absent": samples}
                    continue
                cells[name] = {"samples": samples, "median": statistics.median(samples), "min": min(samples),
                               "max": max(samples)}
                ratios = self.ratios(row, name)
                if ratios:
                    cells[name]["rentcache by it"] = {
                        "median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
            rows.append({"row": row, "contestants": cells})
        return {"name": self.name, "title": self.title, "unit": self.unit, "better": self.better,
                "remark": self.remark, "rows": rows}

    def as_markdown(self):
        names = self.contestants()
        peers = [name for name in names if name != OURS and any(self.ratios(row, name) for row in self.rows)]
        head = [""] + names + [f"{OURS} / {name}" for name in peers]
        lines = [f"## {self.title}", "", f"In {self.unit}; {self.better} is better. Medians, with the least and the most in "
                 "brackets; ratios are of the same rounds.", ""]
        if self.remark:
            lines += [self.remark, ""]
        lines += ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
        for row, by_name in self.rows.items():
            cells = [row] + [_cell(by_name.get(name)) for name in names]
            cells += [_cell(self.ratios(row, name), "{:.2f}") for name in peers]
            lines.append("| " + " | ".join(cells) + " |")
        return "\n".join(lines + [""])

    def as_svg(self):
        """Bars of the medians, with the spread as a line, each row scaled to its own highest."""
        bars, y = [], 34
        for row, by_name in self.rows.items():
            measured = {name: samples for name, samples in by_name.items() if isinstance(samples, list)}
            if not measured:
                continue
            highest = max(max(samples) for samples in measured.values()) or 1
            bars.append(f'<text x="8" y="{y + 12}" font-weight="600">{html.escape(row)}</text>')
            y += 18
            for name, samples in measured.items():
                middle, least, most = (value / highest * 560 for value in
                                       (statistics.median(samples), min(samples), max(samples)))
                bars.append(
                    f'<text x="120" y="{y + 11}" text-anchor="end">{html.escape(name)}</text>'
                    f'<rect x="128" y="{y}" width="{middle:.1f}" height="13" fill="{PALETTE.get(name, "#64748b")}"/>'
                    f'<path d="M{128 + least:.1f} {y + 6.5}H{128 + most:.1f}" stroke="#111" stroke-width="1.5"/>'
                    f'<text x="{136 + most:.1f}" y="{y + 11}">{_number(statistics.median(samples))}</text>')
                y += 16
            y += 8
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{y + 8}" font-family="sans-serif" '
                f'font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="18" font-size="14">'
                f'{html.escape(self.title)} ({html.escape(self.unit)}; {self.better} is better)</text>{"".join(bars)}</svg>')


class Curves:
    """Values over time, of which the report shows a plot and the first and last."""

    def __init__(self, name, title, remark=""):
        self.name, self.title, self.remark = name, title, remark
        self.series = {}

    def add(self, series, seconds, value):
        self.series.setdefault(series, []).append((seconds, value))

    def as_json(self):
        return {"name": self.name, "title": self.title, "remark": self.remark, "series": self.series}

    def as_markdown(self):
        lines = [f"## {self.title}", "", self.remark, "",
                 "| | median of the first quarter | median of the last quarter | most |", "| --- | --- | --- | --- |"]
        for name, points in self.series.items():
            values = [value for _, value in points]
            quarter = max(1, len(values) // 4)
            lines.append(f"| {name} | {_number(statistics.median(values[:quarter]))} "
                         f"| {_number(statistics.median(values[-quarter:]))} | {_number(max(values))} |")
        return "\n".join(lines + [""])

    def as_svg(self):
        height, parts = 120, []
        for number, (name, points) in enumerate(self.series.items()):
            top = 34 + number * (height + 30)
            most = max(value for _, value in points) or 1
            last = points[-1][0] or 1
            line = " ".join(f"{60 + 700 * at / last:.1f},{top + 14 + height - height * value / most:.1f}"
                            for at, value in points)
            parts.append(
                f'<text x="8" y="{top + 8}" font-weight="600">{html.escape(name)}</text>'
                f'<text x="54" y="{top + 22}" text-anchor="end">{_number(most)}</text>'
                f'<text x="54" y="{top + 14 + height}" text-anchor="end">0</text>'
                f'<path d="M60 {top + 14}V{top + 14 + height}H760" fill="none" stroke="#94a3b8"/>'
                f'<polyline points="{line}" fill="none" stroke="#2563eb" stroke-width="1.5"/>')
        total = 34 + len(self.series) * (height + 30) + 10
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{total}" font-family="sans-serif" '
                f'font-size="11"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="18" font-size="14">'
                f'{html.escape(self.title)}</text>{"".join(parts)}</svg>')


class Text:
    """What is reported as it was printed."""

    def __init__(self, name, title, text, remark=""):
        self.name, self.title, self.text, self.remark = name, title, text, remark

    def as_json(self):
        return {"name": self.name, "title": self.title, "remark": self.remark, "text": self.text}

    def as_markdown(self):
        return "\n".join([f"## {self.title}", "", *([self.remark, ""] if self.remark else []), "```", self.text.rstrip(),
                          "```", ""])


def write(parts, setting, name="report"):
    """Writes what was measured so far, so that a run that is stopped has left something."""
    machine.OUT.mkdir(parents=True, exist_ok=True)
    about = {"written": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), **setting}
    (machine.OUT / f"{name}.json").write_text(
        json.dumps({**about, "experiments": [part.as_json() for part in parts]}, indent=1) + "\n")
    lines = ["# What was measured", ""]
    for key, value in about.items():
        if isinstance(value, dict):
            value = "; ".join(f"{inner}: {text}" for inner, text in value.items())
        lines.append(f"- {key}: {value}")
    lines.append("")
    for part in parts:
        lines.append(part.as_markdown())
        if hasattr(part, "as_svg"):
            plot = f"{name}-{part.name}.svg"
            (machine.OUT / plot).write_text(part.as_svg())
            lines += [f"![{part.title}]({plot})", ""]
    (machine.OUT / f"{name}.md").write_text("\n".join(lines))


def _cell(samples, form=None):
    if samples is None:
        return ""
    if isinstance(samples, str):
        return samples
    show = form.format if form else _number
    middle = show(statistics.median(samples))
    return middle if len(samples) == 1 else f"{middle} [{show(min(samples))}–{show(max(samples))}]"


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
