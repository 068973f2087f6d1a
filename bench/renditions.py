"""What a picture's files cost: Vitrine beside sharp, Willow (Wagtail's), vipsthumbnail, and the floor of them all.

All make what D24 says of the same pictures, 24 and 12 megapixels, with the same settings, two pictures in flight:
320, 640, 1280 and 1920 pixels wide as WebP (80, effort 2) and JPEG (80). Vitrine decodes once for these eight; the
peers are asked for one file at a time, as galleries do. The floor decodes once, as small as the decoder can, and
encodes pixels that stand ready. Then Vitrine's worker and the floor make all twelve, with AVIF (50, effort 2).

Everybody's turn comes in every round, and a figure is the median over rounds of the quotients within each. A program
counts from where it is up and ready; of vipsthumbnail, which is a process a file, its start belongs to it.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench import packages
from bench.goals import Row, at_most, report
from bench.live import family_of
from bench.load import cpu_of
from bench.photos import photo
from bench.rendition_peers.asked import WIDTHS

PROGRAMS = Path(__file__).parent / "rendition_peers"
ROOT = Path(__file__).parents[1]
SHARP, TOOLS = "0.35.5", "libvips-tools"
LARGE, SMALL = (6000, 4000, 88), (4000, 3000, 92)
"""Width, height and the camera's quality."""
EIGHT, TWELVE = ("webp", "jpg"), ("webp", "jpg", "avif")
MEBI = 1024**2


@dataclass(frozen=True)
class Program:
    """One that is up: `process` leads a session of its own."""

    process: subprocess.Popen[str]
    formats: Sequence[str]

    def asked(self, pictures: Sequence[Path], out: Path) -> "Turn":
        """Have all pictures' files made. Raises RuntimeError where one is missing."""
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps({"pictures": [str(each) for each in pictures], "out": str(out), "formats": self.formats})
        cpu, began = cpu_of(self.process.pid), time.monotonic()
        print(line, file=self.process.stdin, flush=True)
        said = self.process.stdout.readline()
        took, used = time.monotonic() - began, cpu_of(self.process.pid) - cpu
        made = {file.name: file.stat().st_size for file in out.iterdir()}
        wanted = {f"{at}-{wide}.{form}" for at in range(len(pictures)) for wide in WIDTHS for form in self.formats}
        if said != "done\n" or set(made) != wanted:
            raise RuntimeError(f"{self.process.args}: {said!r}, missing: {sorted(wanted - set(made))[:3]}")
        return Turn(took / len(pictures), used / len(pictures), sum(made.values()) / len(pictures))

    def peak(self) -> float:
        """Give the MB that the largest of its processes has held at most."""
        found = [0]
        for pid in family_of(self.process.pid):
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                found += [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
        return max(found) * 1024 / MEBI


@dataclass(frozen=True)
class Turn:
    """What a picture cost: seconds, seconds of processor time, and the bytes that were made."""

    seconds: float
    cpu: float
    size: float


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Rounds in which all are measured in turn.")
@click.option("--pictures", default=2, show_default=True, help="Pictures of each size.")
@click.option("--peers", type=click.Path(path_type=Path), help="Folder of the peers' programs, kept for next time.")
def renditions(rounds: int, pictures: int, peers: Path | None) -> int:
    """Compare eight files a picture with those of sharp, Willow and vipsthumbnail, and all twelve with the floor."""
    with tempfile.TemporaryDirectory(prefix="vitrine-renditions-") as folder, contextlib.ExitStack() as stack:
        here = Path(folder)
        kept = (peers or here / "peers").resolve()
        photos = [
            photo(here / f"{size[0]}-{number}.jpg", *size[:2], seed=number, quality=size[2])
            for number in range(pictures)
            for size in (LARGE, SMALL)
        ]
        programs = {
            name: stack.enter_context(running(command, environ, formats))
            for name, (command, environ, formats) in contestants(kept, photos).items()
        }
        turns = measured(programs, photos, rounds=rounds, folder=here)
        rows = rows_of(turns, peaks={name: program.peak() for name, program in programs.items()})
    title = f"Files of {len(photos)} pictures of 24 and 12 megapixels, two at a time, {rounds} rounds"
    return report(title, rows)


def contestants(peers: Path, photos: Sequence[Path]) -> dict[str, tuple[list[str], dict[str, str], Sequence[str]]]:
    """Give by name: command, variables and formats; installs the peers. Raises RuntimeError, CalledProcessError."""
    here, one = [sys.executable, "-m"], {"VIPS_CONCURRENCY": "1", "PYTHONPATH": str(ROOT)}
    ready = [str(path) for path in photos]
    floor = [*here, "bench.rendition_peers.floor", *ready]
    ours = [*here, "bench.rendition_peers.vitrine"]
    willow = [str(with_willow(peers / "willow")), str(PROGRAMS / "of_willow.py")]
    tools = vipsthumbnail(peers / "vips")
    packages.installed(peers / "sharp", "sharp", SHARP)
    return {
        "vitrine": (ours, one, EIGHT),
        "floor": (floor, one, EIGHT),
        "sharp": (["node", str(PROGRAMS / "of_sharp.mjs"), str(peers / "sharp")], {}, EIGHT),
        "Willow": (willow, {}, EIGHT),
        "vipsthumbnail": ([sys.executable, str(PROGRAMS / "of_vipsthumbnail.py")], tools, EIGHT),
        "vitrine, all 12": (ours, one, TWELVE),
        "floor, all 12": (floor, one, TWELVE),
    }


def with_willow(folder: Path) -> Path:
    """Make Willow's environment unless it is there, and give its Python. Raises CalledProcessError."""
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(PROGRAMS / "requirements.txt")], check=True)
        (folder / "ready").touch()
    return python


def vipsthumbnail(folder: Path) -> dict[str, str]:
    """Give the variables it runs with: as Debian packs it, unpacked into a folder. Raises RuntimeError."""
    root, fetched = folder / "root", folder / "packages"
    if not (root / "usr/bin/vipsthumbnail").exists():
        (fetched / "partial").mkdir(parents=True, exist_ok=True)
        fetch = ["apt-get", "-qq", "-o", "Debug::NoLocking=1", "-o", f"Dir::Cache::archives={fetched}"]
        with contextlib.suppress(OSError):
            subprocess.run(
                [*fetch, "-y", "--reinstall", "--no-install-recommends", "--download-only", "install", TOOLS],
                check=False,
            )
        for package in fetched.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(root)], check=True)
        if not (root / "usr/bin/vipsthumbnail").exists():
            raise RuntimeError(f"vipsthumbnail cannot be had: it needs Debian's {TOOLS}, after 'apt-get update'.")
    libraries = ":".join(str(each) for each in sorted((root / "usr/lib").glob("*-linux-gnu")))
    return {"PATH": f"{root / 'usr/bin'}:{os.environ['PATH']}", "LD_LIBRARY_PATH": libraries}


@contextlib.contextmanager
def running(command: list[str], environ: dict[str, str], formats: Sequence[str]) -> Iterator[Program]:
    """Start a program in a session of its own and end it with the block. Raises RuntimeError."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environ,
        start_new_session=True,
    )
    with process:
        try:
            if not process.stdout or process.stdout.readline() != "ready\n":
                raise RuntimeError(f"{command} does not start")
            yield Program(process, formats)
        finally:
            if process.stdin:
                process.stdin.close()
            process.wait(60)


def measured(
    programs: dict[str, Program], photos: Sequence[Path], *, rounds: int, folder: Path
) -> dict[str, list[Turn]]:
    """Ask all in turn, round after round; the first, which warms them, does not count."""
    turns: dict[str, list[Turn]] = {name: [] for name in programs}
    names = list(programs)
    for number in range(rounds + 1):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            with tempfile.TemporaryDirectory(dir=folder) as out:
                turn = programs[name].asked(photos, Path(out))
            if number:
                turns[name].append(turn)
    return turns


def rows_of(turns: dict[str, list[Turn]], *, peaks: dict[str, float]) -> list[Row]:
    """State every figure beside its goal."""

    def times(one: str, other: str, of: Callable[[Turn], float] = lambda turn: turn.seconds) -> float:
        return statistics.median(of(a) / of(b) for a, b in zip(turns[one], turns[other], strict=True))

    def cpu(one: str, other: str) -> str:
        return f"{times(one, other, lambda turn: turn.cpu):.2f}"

    shown = []
    for name, each in turns.items():
        seconds, used, size = (
            statistics.median(getattr(turn, field) for turn in each) for field in ("seconds", "cpu", "size")
        )
        figure = f"{seconds:.3f} s, {used:.3f} s, {size / 1000:.0f} kB, {peaks[name]:.0f} MB"
        shown.append(Row(f"{name}: a picture, processor time, bytes, peak", figure))
    twelve = ("vitrine, all 12", "floor, all 12")
    return [
        *shown,
        at_most("eight files, times sharp's", times("vitrine", "sharp"), 0.65),
        at_most("eight files, times Willow's", times("vitrine", "Willow"), 0.2),
        at_most("eight files, times vipsthumbnail's", times("vitrine", "vipsthumbnail"), 0.4),
        at_most("eight files, times the floor", times("vitrine", "floor"), 1.35),
        at_most("all twelve, times the floor", times(*twelve), 1.2),
        at_most("peak of a child at 24 megapixels, MB", peaks["vitrine"], 80, form="{:.0f}"),
        *(
            Row(f"of processor time: times {other}'s", cpu("vitrine", other))
            for other in ("sharp", "Willow", "vipsthumbnail", "floor")
        ),
        Row("of processor time, all twelve: times the floor's", cpu(*twelve)),
    ]
