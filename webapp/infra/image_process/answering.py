"""What the child can be asked, and its answers in JSON: `done`, `refused` or the disk's `errno`."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pyvips

from . import pixels
from .rules import Limits, Refused, too_heavy

prepare = pixels.prepare


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked and say how it went."""
    try:
        return {"done": VERBS[question["verb"]](Path(question["path"]), question)}
    except Refused as refused:
        return _refusal(refused)
    except pyvips.Error as error:
        return _refusal(pixels.in_words(error))
    except MemoryError:
        return _refusal(too_heavy())
    except OSError as error:
        return _refusal(too_heavy()) if error.errno == errno.ENOMEM else {"errno": error.errno or errno.EIO}
    finally:
        pixels.forget()


def _probe(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.probe(path, Limits(**asked["limits"]))


def _look(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.look(path)


def _describe(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.describe(path)


def _renditions(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.renditions(path, Path(asked["out"]), widths=asked["widths"], formats=asked["formats"])


def _crops(path: Path, asked: dict[str, Any]) -> Any:
    ratio, focal = tuple(asked["ratio"]), tuple(asked["focal"])
    about = {"widths": asked["widths"], "formats": asked["formats"]}
    return pixels.crops(path, Path(asked["out"]), ratio=ratio, focal=focal, **about)


def _fill(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.fill(path, Path(asked["out"]), width=asked["width"], height=asked["height"])


def _moving(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.moving(path, Path(asked["out"]), widths=asked["widths"])


def _clean(path: Path, asked: dict[str, Any]) -> Any:
    return pixels.clean(path, Path(asked["out"]))


VERBS: Final[dict[str, Callable[[Path, dict[str, Any]], Any]]] = {
    "probe": _probe,
    "look": _look,
    "describe": _describe,
    "renditions": _renditions,
    "crops": _crops,
    "fill": _fill,
    "moving": _moving,
    "clean": _clean,
}


def _refusal(refused: Refused) -> dict[str, Any]:
    return {"refused": {"code": refused.code, "pattern": refused.pattern, "facts": dict(refused.facts)}}
