"""Spoils valid files: bytes flipped, cut, repeated, spliced into each other, entries of archives altered."""

import io
import random
import zipfile


def mutated(chance: random.Random, samples: list[bytes]) -> bytes:
    data = chance.choice(samples)
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.random() < 0.7:
        return _rezipped(chance, data, samples)
    return spoiled(chance, data, samples)


def spoiled(chance: random.Random, data: bytes, samples: list[bytes]) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(data) + 1)
        size = chance.choice((1, 2, 4, 30, 500))
        match chance.randrange(6):
            case 0:
                data = data[:at] + bytes(chance.randrange(256) for _ in range(size)) + data[at + size :]
            case 1:
                data = data[:at]
            case 2:
                data = data[:at] + data[at : at + size] * chance.choice((2, 3, 50)) + data[at + size :]
            case 3:
                data = data[:at] + chance.choice(samples)[chance.randrange(200) :]
            case 4:
                data = data[:at] + chance.choice(TOKENS) + data[at:]
            case 5:
                data = data[:at] + data[at + size :]
    return data


TOKENS = [
    *(b"\0", b"\xff", b'"', b"\r", b"\n", b",", b";", b"=1/0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a", b"<", b"&"),
    *(b'r="XFD1048576"', b's="99999"', b't="e"', b't="s"', b"99999999999999999999", b"-1", b"1e308", b"&#0;"),
    *(b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\x80\x80\x80\x80", b"sep=", b"*x", b"!!python/object"),
    b'table:number-columns-repeated="99999999"',
]


def _rezipped(chance: random.Random, data: bytes, samples: list[bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.choice((1, 1, 3))):
        name = chance.choice(list(entries))
        match chance.randrange(8):
            case 0 if len(entries) > 1:
                del entries[name]
            case 1:
                entries[chance.choice(list(entries))] = entries[name]
            case _:
                entries[name] = spoiled(chance, entries[name], samples)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return file.getvalue()
