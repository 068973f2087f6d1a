"""The main job on a real server, in a real browser: from the set-up link to what visitors see."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bench import live
from tests.browser import walk as steps
from tests.browser.walk import EMAIL, Walk

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="with scripts", marks=pytest.mark.main_walk),
        pytest.param(False, id="without", marks=pytest.mark.full),
    ],
)
def test_main_job_from_set_up_to_visitors(
    make_server: Callable[..., live.Server], new_page: Callable[..., Page], tmp_path: Path, scripts: bool
) -> None:
    server = make_server()
    server.start()

    walk = Walk(new_page(java_script_enabled=scripts, reduced_motion="no-preference"), server.url, scripts)
    main_job(walk, link_of(server.log.read_text()), new_page, tmp_path)

    key = server.command("key", "add", "--user", EMAIL, "--name", "walk").stdout.strip()
    served = steps.every_byte(walk, tmp_path, key)
    assert len(served) > steps.PHOTOS * 3
    assert steps.places_in(served) == []
    assert steps.places_in(steps.photos(tmp_path)) != [], "the photos themselves do have a place"
    assert server.command("check", "--deep").stdout.strip().endswith("Rows and files agree.")


@pytest.mark.full
def test_main_job_from_a_clone_in_an_empty_folder(clone: Path, new_page: Callable[..., Page], tmp_path: Path) -> None:
    port = live.free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("VITRINE_", "PYTEST_"))}
    environ |= {"VITRINE_BIND": f"127.0.0.1:{port}"}
    log = tmp_path / "log"
    with log.open("ab") as said:
        running = subprocess.Popen(["./run"], cwd=clone, env=environ, stdout=said, stderr=said)
    try:
        live.until(lambda: b"Vitrine serves" in log.read_bytes(), 300, log)
        walk = Walk(new_page(), f"http://127.0.0.1:{port}")
        main_job(walk, link_of(log.read_text()), new_page, tmp_path)
    finally:
        running.terminate()
        running.wait(60)

    assert (clone / "instance" / "vitrine.db").is_file()


def main_job(walk: Walk, link: str, new_page: Callable[..., Page], folder: Path) -> None:
    steps.set_up(walk, link)
    steps.speak_french(walk)
    steps.make_gallery(walk)
    steps.upload(walk, steps.photos(folder))
    steps.arrange(walk)
    steps.describe(walk)
    steps.focus(walk)
    steps.preview(walk)
    steps.publish(walk)
    steps.visit(walk, new_page)


def link_of(log: str) -> str:
    found = re.search(r"http://\S+/set-up/\S+", log)
    assert found, log
    return found[0]


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """What a newcomer has: the committed files, and nothing else."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    yield folder
    shutil.rmtree(folder)
