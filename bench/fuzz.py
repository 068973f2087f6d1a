"""Send every JSON dialect thousands of requests made of its own OpenAPI document, more than the full lane does.

The tests do it (tests/api/fuzz.py says how); here they are told how many. Each fault is an answer of 5xx, with an
undocumented status or in another shape than is documented; an operation that hardly ever succeeds, and a documented
status that never comes, are faults too.
"""

import subprocess
import sys

import click

from webapp.config import PROJECT_ROOT

TESTS = "tests/api/*/test_fuzz.py"


@click.command()
@click.option("--cases", default=20_000, show_default=True, help="How many requests each dialect is sent.")
def fuzz(cases: int) -> int:
    """Send each dialect requests made of its own document; all it answers must be as it says."""
    files = sorted(str(path) for path in PROJECT_ROOT.glob(TESTS))
    command = [sys.executable, "-m", "pytest", "--full", f"--cases={cases}", "-n", str(len(files)), *files]
    return subprocess.run(command, cwd=PROJECT_ROOT, check=False).returncode
