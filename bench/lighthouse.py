"""Lighthouse on the list, the editor and a public page of a lived-in installation, into docs/lighthouse.md."""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bench.goals import Row, at_least, report
from bench.packages import installed
from bench.tour import EMAIL, PASSWORD, Tour, lived_in
from bench.visitor import Visitor, fields_of

VERSION = "12.8.2"
REPORT = Path(__file__).resolve().parent.parent / "docs" / "lighthouse.md"
PRESETS = {"desktop": ["--preset=desktop"], "mobile": []}
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
AUDITS = {
    "FCP ms": "first-contentful-paint",
    "LCP ms": "largest-contentful-paint",
    "TBT ms": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
    "KB": "total-byte-weight",
}
PAGES = {"list": "galleries", "editor": "editor", "public": "public"}
"""name: that of the tour"""
GOAL = 95
RUN_SECONDS = 180
HEAD = """# Lighthouse

The list of galleries, the editor and a public page of an installation with the sample galleries, each the median of
its runs, {runs} in all. `./run bench lighthouse` measures again and writes this page. The first two stand behind the
sign-in and ask not to be indexed, so their SEO is no goal. {note}
"""


@dataclass(frozen=True)
class Finding:
    """What one run said of one page: scores of 100, figures, and the audits that cost something."""

    scores: dict[str, float]
    figures: dict[str, float]
    lost: frozenset[str]


Findings = dict[tuple[str, str], list[Finding]]


@click.command()
@click.option("--runs", default=3, show_default=True, help="Runs of each page in each preset.")
@click.option("--tools", type=click.Path(path_type=Path), help="Where Lighthouse is installed, kept for next time.")
@click.option("--note", default="", help="A sentence for the report: what else the machine was doing.")
def lighthouse(runs: int, tools: Path | None, note: str) -> int:
    """Let Lighthouse, which is installed for it, judge three pages as desktop and as mobile."""
    with tempfile.TemporaryDirectory(prefix="vitrine-lighthouse-") as folder, lived_in(Path(folder, "home")) as tour:
        program = installed((tools or Path(folder, "tools")).resolve(), "lighthouse", VERSION) / "cli" / "index.js"
        found = judged(tour, program, runs)
    head = HEAD.format(runs=runs, note=note).rstrip()
    REPORT.write_text(f"{head}\n\n{table(found)}\n\n{losses(found)}\n")
    print(REPORT.read_text())
    return report(f"Lighthouse {VERSION}, median of {runs}", list(rows_of(found)))


def judged(tour: Tour, program: Path, runs: int) -> Findings:
    """Run it in turn over pages and presets, so that the machine's moods fall on all."""
    found: Findings = {}
    cookie = "; ".join(f"{name}={value}" for name, value in signed_in(tour).cookies.items())
    for _ in range(runs):
        for name, path in PAGES.items():
            address = tour.server.url + (tour.pages | tour.public_pages)[path]
            for preset in PRESETS:
                headers = {} if path in tour.public_pages else {"Cookie": cookie}
                found.setdefault((name, preset), []).append(judge(program, address, preset, headers))
    return found


def signed_in(tour: Tour) -> Visitor:
    """Come in as the administrator."""
    visitor = Visitor(tour.server.port)
    form = fields_of(visitor.get("/login"), "<form")
    visitor.post("/login", form | {"email": EMAIL, "password": PASSWORD})
    return visitor


def judge(program: Path, address: str, preset: str, headers: dict[str, str]) -> Finding:
    """Let it judge one page once. Raises CalledProcessError."""
    words = ["node", str(program), address, *PRESETS[preset], "--output=json", "--output-path=stdout", "--quiet"]
    words += ["--chrome-flags=--headless=new --no-sandbox", f"--extra-headers={json.dumps(headers)}"]
    environ = os.environ | {"CHROME_PATH": shutil.which("chromium") or "chromium"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environ, timeout=RUN_SECONDS)
    return finding(json.loads(done.stdout))


def finding(said: dict[str, Any]) -> Finding:
    """Take what is of interest out of its report. Raises RuntimeError where it did not see the page."""
    audits = said["audits"]
    if said.get("runtimeError") or said["finalDisplayedUrl"] != said["requestedUrl"]:
        raise RuntimeError(f"not the page asked for: {said['finalDisplayedUrl']} {said.get('runtimeError', '')}")
    figures = {name: float(audits[audit]["numericValue"]) for name, audit in AUDITS.items()}
    figures["KB"] /= 1024
    figures["requests"] = float(len(audits["network-requests"]["details"]["items"]))
    lost = {
        f"{each['id']} ({audits[each['id']]['title']})"
        for category in said["categories"].values()
        for each in category["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 0.9 and audits[each["id"]]["score"] is not None
    }
    return Finding({name: 100 * said["categories"][name]["score"] for name in CATEGORIES}, figures, frozenset(lost))


def median_of(found: list[Finding], what: str) -> float:
    """Give the median of a score or figure."""
    return statistics.median((each.scores | each.figures)[what] for each in found)


def table(found: Findings) -> str:
    """Write the medians as a table in Markdown."""
    names = ["page", "preset", *CATEGORIES.values(), *AUDITS, "requests"]
    lines = [names, ["---"] * 2 + ["--:"] * (len(names) - 2)]
    for (name, preset), each in found.items():
        figures = [f"{median_of(each, what):.0f}" for what in CATEGORIES]
        figures += [f"{median_of(each, what):.{3 if what == 'CLS' else 0}f}" for what in (*AUDITS, "requests")]
        lines.append([name, preset, *figures])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def losses(found: Findings) -> str:
    """List the audits that cost a page something in at least half of its runs."""
    lines = ["What keeps a score below 100:"]
    for (name, preset), each in found.items():
        counted = [one for finding in each for one in finding.lost]
        lost = sorted({one for one in counted if 2 * counted.count(one) >= len(each)})
        lines.append(f"- {name}, {preset}: {', '.join(lost) or 'nothing'}")
    return "\n".join([lines[0], "", *lines[1:]])


def rows_of(found: Findings) -> Iterator[Row]:
    """State every score beside its goal."""
    for (name, preset), each in found.items():
        for category, words in CATEGORIES.items():
            label, score = f"{name}, {preset}: {words}", median_of(each, category)
            if category == "seo" and name != "public":
                yield Row(label, f"{score:.0f}")
            else:
                yield at_least(label, score, GOAL, form="{:.0f}")
