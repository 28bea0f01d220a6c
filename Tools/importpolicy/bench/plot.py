"""The plots: ratios to CPython, as SVG.

Matplotlib comes from PyPI, into an environment of its own; this file is run
there as a program, with the results on its standard input.
"""

import json
import pathlib
import subprocess
import sys

# File: title, unit, sections, configurations, where the axis ends.
PLOTS = {
    "performance-usual.svg": (
        "Instructions, CPython = 1", "instructions",
        ["process", "application", "pyperformance"],
        ["no policy", "policy"], (0.98, 1.06)),
    "performance-operations.svg": (
        "Instructions of single operations, CPython = 1", "instructions",
        ["operation"], ["no policy", "policy"], (0.9, 1.5)),
    "performance-peers.svg": (
        "What people would use instead: instructions, CPython = 1",
        "instructions", ["process", "operation"],
        ["policy", "C hook", "Python hooks", "Python manager"], (0.9, 100)),
}
COLOURS = ["#8da0cb", "#2b5c8a", "#66a182", "#d1495b", "#edae49"]


def draw(found, folder, build):
    """Draw all plots for which there are rows."""
    from bench import environments
    home = environments.made(sys.executable, pathlib.Path(build) / "plot",
                             environments.PLOTTING)
    subprocess.run([home / "bin" / "python", __file__, folder], check=True,
                   input=json.dumps(found), text=True)


def selected(found, unit, sections, configurations):
    """{workload: {configuration: ratio}} of workloads that all have."""
    rows = {}
    for row in found["rows"]:
        if (row["unit"] == unit and row["section"] in sections
                and row["configuration"] in configurations):
            rows.setdefault(row["workload"], {})[
                row["configuration"]] = row["ratio"]
    return {workload: ratios for workload, ratios in rows.items()
            if len(ratios) == len(configurations)}


def plot(pyplot, path, rows, title, configurations, limits):
    height = 0.8 / len(configurations)
    figure, axes = pyplot.subplots(
        figsize=(7, 0.9 + 0.13 * len(rows) * (1 + len(configurations))))
    for i, name in enumerate(configurations):
        values = [ratios[name] for ratios in rows.values()]
        places = [j + i * height for j in range(len(rows))]
        axes.barh(places, [value - 1 for value in values], height, left=1,
                  label=name, color=COLOURS[i])
        for place, value in zip(places, values):
            if value > limits[1]:
                axes.text(limits[1], place, f"{value:.2f} ", ha="right",
                          va="center", fontsize=6, color="white")
    axes.set_yticks([j + 0.4 - height / 2 for j in range(len(rows))], rows)
    axes.axvline(1, color="black", linewidth=0.6)
    if limits[1] > 10:
        axes.set_xscale("log")
    axes.set_xlim(limits)
    axes.set_ylim(len(rows), -0.5)
    axes.tick_params(labelsize=7)
    axes.set_title(title, fontsize=9)
    axes.legend(fontsize=7, frameon=False)
    figure.tight_layout()
    # Neither times nor random names: the same figures give the same file.
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(line.rstrip() + "\n" for line in lines),
                    encoding="utf-8")


def main(folder):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench",
                                "svg.fonttype": "none",
                                "font.family": "sans-serif"})
    from matplotlib import pyplot
    found = json.load(sys.stdin)
    for name, (title, unit, sections, shown, limits) in PLOTS.items():
        rows = selected(found, unit, sections, shown)
        if rows:
            plot(pyplot, pathlib.Path(folder) / name, rows, title, shown,
                 limits)


if __name__ == "__main__":
    main(sys.argv[1])
