# ruff: noqa: RUF001 - letters of other alphabets look like others
"""Single-byte files of several languages: Windows-1252 unless the words say otherwise, and always called a guess."""

import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import encoding, read_source
from rotor_import.source.guess import guess
from rotor_import.source.payload import Payload

WESTERN = {
    "one Spanish name": "Ana Núñez",
    "a canyon": "Nuria Cañón;Ana Corações",
    "a French company": "Atelier Créé SARL",
    "more accents than letters": "Åås Bør",
    "one Danish name": "Søren Bøe",
    "one Italian name": "Niccolò Foà",
    "one German name": "Jürgen Weiß",
    "one Portuguese name": "João Conceição",
    "one Icelandic name": "Þórður Guðmundsson",
    "names of many languages": "José Muñoz;Zoë Lefèvre;Jürgen Groß;Søren Ågård;Łukasz;François Noël",
    "capitals": "JOSÉ NÚÑEZ;FRANÇOIS HÉBERT",
    "signs": "O’Hara & Sons™;“Bo” Ray – Café;Mª Ángeles;Nº 5 Pérez;10 € for Zoë",
    "an accent as an apostrophe": "O´Brien;D´Angelo Peña",
}
OTHERS = {
    "cp1250": "Łukasz Wiśniewski;Małgorzata Dąbrowska;Józef Wójcik;Grażyna Kaźmierczak",
    "iso8859_2": "Łukasz Wiśniewski;Małgorzata Dąbrowska;Józef Wójcik;Grażyna Kaźmierczak",
    "cp852": "Łukasz Wiśniewski;Małgorzata Dąbrowska;Józef Wójcik;Grażyna Kaźmierczak",
    "cp1251": "Наталья Соколова;Дмитрий Щербаков;Юлия Фёдорова",
    "koi8_r": "Наталья Соколова;Дмитрий Щербаков;Юлия Фёдорова",
    "cp866": "Наталья Соколова;Дмитрий Щербаков;Юлия Фёдорова",
    "cp1253": "Γιώργος Παπαδόπουλος;Ελένη Οικονόμου;Χρήστος Ιωάννου",
    "cp1254": "Ayşe Yıldız;Işık Şahin;İbrahim Doğan;Gülşah Çağlar",
    "cp1257": "Žydrūnas Kazlauskas;Rūta Šimkutė;Jolanta Paškevičiūtė",
    "cp932": "佐藤 さくら;鈴木 健太;高橋 ひろし;東京都渋谷区",
    "big5": "陳怡君;林志豪;臺北市信義區",
    "gb18030": "王小明;李娜;北京市朝阳区建国路",
    "cp949": "김민준;이서연;서울특별시 강남구",
    "mac_roman": "Renée Côté;José García;François Núñez;Zoë Müller",
    "cp850": "Renée Côté;José García;François Núñez;Zoë Müller",
}
CZECH = "Jiří Dvořák;Božena Nováková;Tomáš Černý;Růžena Němcová;Zdeněk Kučera"
HUNGARIAN = "Erdős Ernő;Szűcs Gyöngyi;Kőszegi Lőrinc;Tóth Béla"
CROATIAN = "Ivan Kovačić;Marija Babić;Đurđa Šarić;Željko Horvat;Luka Jurišić"


@pytest.fixture
def read(tmp_path):
    def go(names, encoding, ends="\r\n"):
        path = tmp_path / "people.csv"
        lines = ["Name,Phone", *(f"{name},763-555-01{at:02}" for at, name in enumerate(names.split(";")))]
        path.write_bytes((ends.join(lines) + ends).encode(encoding, "ignore"))
        table = read_source(path, SourceOptions())
        return ";".join(table.frame.get_column("Name")), table.notes

    return go


@pytest.mark.parametrize("names", WESTERN.values(), ids=WESTERN)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_western_file_is_windows_1252_however_few_accents_it_has(read, names, ends):
    found, notes = read(names, "cp1252", ends)
    assert found == names.encode("cp1252", "ignore").decode("cp1252")
    assert "Windows-1252, which is a guess" in notes[0]


@pytest.mark.parametrize(("encoding", "names"), OTHERS.items(), ids=OTHERS)
def test_another_encoding_is_found_by_its_words_and_called_a_guess(read, encoding, names):
    found, notes = read(names, encoding)
    assert found == names
    assert "which is a guess: if the letters in line 2 look wrong" in notes[0]


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859_2", "cp852", "mac_latin2"])
@pytest.mark.parametrize("names", [CZECH, HUNGARIAN, CROATIAN])
def test_languages_whose_letters_all_look_western_are_told_by_their_words(read, encoding, names):
    assert read(names, encoding)[0] == names.encode(encoding, "ignore").decode(encoding)


@pytest.mark.parametrize("encoding", ["cp850", "cp437", "mac_roman"])
def test_a_punctuation_mark_within_a_name_shows_that_it_is_not_windows_1252(read, encoding):
    assert read("Renée;José García", encoding)[0] == "Renée;José García"


def test_a_few_foreign_words_among_many_western_ones_do_not_change_the_encoding(read):
    names = ";".join(WESTERN.values()) + ";Jiøí;£ukasz"
    assert read(names, "cp1252")[0] == names.encode("cp1252", "ignore").decode("cp1252")


def test_a_file_of_which_a_quarter_is_utf_8_is_refused(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_bytes(b"a,b\nJos\xc3\xa9,2\nJos\xe9,3\nN\xfa\xf1ez,3\n\xc9mile,4\n")
    with pytest.raises(SourceError, match=r"line 3: .* UTF-8"):
        read_source(path, SourceOptions())


def test_a_file_of_many_columns_is_read_in_its_encoding_too(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_bytes((",".join(f"c{at}" for at in range(150)) + "\nJosé Núñez" + "," * 149 + "\n").encode("cp1252"))
    assert read_source(path, SourceOptions()).frame.item(0, 0) == "José Núñez"


@pytest.mark.parametrize("codec", ["cp932", "big5", "gb18030", "cp949"])
@pytest.mark.parametrize("shift", range(4))
def test_no_letter_of_a_long_line_is_cut_in_two_when_a_sample_is_taken(codec, shift):
    word = OTHERS[codec].replace(";", "").encode(codec)
    assert guess(b"x" * (100_000 + shift) + b" " + (word + b" ") * 10_000)[0].startswith(codec)
    assert guess(b"x," * 50_000 + b"x" * shift + b"," + word + b"," + word * 10 + b";x" * 20_000)[0].startswith(codec)


def test_a_line_that_the_sample_has_no_room_for_does_not_count_in_part():
    line = ("Málaga " * 1_100).encode("cp1252")
    lines = [b"%d %s" % (at, line) for at in range(19)]
    polish = OTHERS["cp1250"].encode("cp1250")
    assert guess(b"\n".join([*lines, polish * 10_000])) == guess(b"\n".join(lines))


@pytest.mark.parametrize("ends", [b"\n", b"\r", b"\r\n"])
def test_a_word_in_the_middle_of_a_long_line_is_found(ends):
    data = ends.join([b"Name,Notes", b"x " * 50_000 + "Łukasz Wiśniewski;Małgorzata Dąbrowska".encode("cp1250"), b"y"])
    assert guess(data)[0] == "cp1250"


@pytest.mark.parametrize(
    "data", [b"Jos\xe9 " * 200_000, b"\x01" * 1_000_000, b"Jos\xe9,1\n" * 150_000], ids=["runs", "controls", "lines"]
)
def test_a_file_is_looked_through_without_a_list_of_what_is_found(data):
    guess(b"\xe9")  # what it loads is not counted
    tracemalloc.start()
    with suppress(SourceError):
        encoding.decode(Payload(Path("people.csv"), data), "auto")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * len(data)
