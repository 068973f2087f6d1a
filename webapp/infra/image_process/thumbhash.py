"""ThumbHash: a placeholder in some 25 bytes (Evan Wallace's format, MIT)."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Channel(NamedTuple):
    """A channel as its mean, its waves and the scale of these."""

    mean: float
    waves: list[float]
    scale: float


class Channels(NamedTuple):
    """The pixels, taken apart as the format has it; no alpha where nothing is transparent."""

    light: list[float]
    yellow: list[float]
    reddish: list[float]
    alpha: list[float] | None


def encode(width: int, height: int, rgba: bytes) -> bytes:
    """Hash pixels of four bytes; width and height are 100 at most. Transparent parts take the mean colour."""
    alpha = [value / 255 for value in rgba[3::4]]
    weight = sum(alpha) or 1.0
    means = [sum(a * value for a, value in zip(alpha, rgba[at::4], strict=True)) / 255 / weight for at in range(3)]
    red, green, blue = (
        [mean * (1 - a) + a * value / 255 for a, value in zip(alpha, rgba[at::4], strict=True)]
        for at, mean in enumerate(means)
    )
    colours = list(zip(red, green, blue, strict=True))
    channels = Channels(
        light=[(r + g + b) / 3 for r, g, b in colours],
        yellow=[(r + g) / 2 - b for r, g, b in colours],
        reddish=[r - g for r, g, b in colours],
        alpha=alpha if sum(alpha) < width * height else None,
    )
    return _packed(width, height, channels)


def _packed(width: int, height: int, channels: Channels) -> bytes:
    alpha = channels.alpha
    most = 5 if alpha else 7
    across = max(1, round(most * width / max(width, height)))
    down = max(1, round(most * height / max(width, height)))
    light = _waves(channels.light, width, height, max(3, across), max(3, down))
    yellow = _waves(channels.yellow, width, height, 3, 3)
    reddish = _waves(channels.reddish, width, height, 3, 3)
    landscape = width > height
    first = round(63 * light.mean) | round(31.5 + 31.5 * yellow.mean) << 6
    first |= round(31.5 + 31.5 * reddish.mean) << 12 | round(31 * light.scale) << 18 | bool(alpha) << 23
    second = (down if landscape else across) | round(63 * yellow.scale) << 3
    second |= round(63 * reddish.scale) << 9 | landscape << 15
    head = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    waves = light.waves + yellow.waves + reddish.waves
    if alpha:
        seen = _waves(alpha, width, height, 5, 5)
        head += bytes([round(15 * seen.mean) | round(15 * seen.scale) << 4])
        waves += seen.waves
    return head + _nibbles(waves)


def _waves(channel: Sequence[float], width: int, height: int, across: int, down: int) -> Channel:
    """Take the cosine transform, low frequencies only: the mean, then the waves scaled to 0 … 1."""
    rows = [channel[at : at + width] for at in range(0, len(channel), width)]
    found: list[float] = []
    for up in range(down):
        vertical = [math.cos(math.pi / height * up * (y + 0.5)) for y in range(height)]
        column = [sum(row[x] * factor for row, factor in zip(rows, vertical, strict=True)) for x in range(width)]
        for along in range(across):
            if along * down < across * (down - up):
                horizontal = (math.cos(math.pi / width * along * (x + 0.5)) for x in range(width))
                found.append(sum(c * h for c, h in zip(column, horizontal, strict=True)) / (width * height))
    mean, *waves = found
    scale = max((abs(wave) for wave in waves), default=0.0)
    return Channel(mean, [0.5 + 0.5 / scale * wave for wave in waves] if scale else waves, scale)


def _nibbles(waves: Sequence[float]) -> bytes:
    values = [round(15 * wave) for wave in waves]
    values += [0] * (len(values) % 2)
    return bytes(low | high << 4 for low, high in zip(values[::2], values[1::2], strict=True))
