"""Tables that people bring: whatever wrote them, they are read alike; what is made to break the reader, isn't."""

from __future__ import annotations

import zipfile

import openpyxl
import pytest

from app.core import sheets
from app.core.sheets import text, workbook


@pytest.fixture
def read(tmp_path):
    """Write a file, take it, and give headings and rows."""

    def read(content, name="file"):
        source, target = tmp_path / name, tmp_path / "plain.csv"
        if content is not None:
            source.write_bytes(content)
        count = sheets.take(source, target)
        sheet = sheets.opened(target)
        rows = list(sheet.rows())
        assert len(rows) == count
        return list(sheet.headings), rows

    return read


@pytest.fixture
def refused(read):
    """Give the reason for which a file is refused."""

    def refused(content, name="file"):
        with pytest.raises(sheets.UnreadableError) as error:
            read(content, name)
        return str(error.value)

    return refused


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_is_read_in_each_encoding_with_each_separator(read, encoding, separator, end):
    lines = ["E-Mail{0}Straße{0}Bemerkung", 'ä@example.org{0}Größe{0}"a{0} b"']
    content = end.join(lines).format(separator) + end
    assert read(content.encode(encoding)) == (
        ["E-Mail", "Straße", "Bemerkung"],
        [(2, ["ä@example.org", "Größe", f"a{separator} b"])],
    )


def test_an_old_file_of_dos_keeps_its_umlauts(read):
    assert read("Name;Ort\nJäger;Müllrose\n".encode("cp850"))[1] == [(2, ["Jäger", "Müllrose"])]


def test_rows_keep_their_numbers_and_all_their_cells(read):
    content = b"\n\na;b\n\n1;2\n;;\n3;4;5\n6\n"
    assert read(content) == (["a", "b", ""], [(5, ["1", "2", ""]), (7, ["3", "4", "5"]), (8, ["6", "", ""])])


def test_a_cell_may_have_lines(read):
    assert read(b'a;b\n"x\ny";2\n3;4\n')[1] == [(2, ["x\ny", "2"]), (3, ["3", "4"])]


def test_a_list_of_addresses_needs_no_headings(read):
    assert read(b"a@example.org\nb@example.org\n") == (
        [""], [(1, ["a@example.org"]), (2, ["b@example.org"])],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \n;\n", "empty"),
        (b"a;b\n", "empty"),
        (b"%PDF-1.7\n" + bytes(range(32)) * 20, "binary"),
        (b'a;b\n1;2\n"3;4\n5;6\n', "quote"),
        (b"PK\x03\x04nothing", "broken"),
        (b"\xd0\xcf\x11\xe0old", "locked"),
        (",".join("x" * 1000).encode(), "columns"),
        (b"a\n" + b"1\n" * (sheets.MOST_ROWS + 1), "rows"),
        (b"a\n" + b"1" * (sheets.LONGEST_CELL + 1), "cell"),
        (b"a\n" + b"1" * 200_000, "quote"),  # longer than the reader of CSV takes
    ],
)
def test_what_is_no_table_is_refused(refused, content, reason):
    assert refused(content) == reason


def test_as_many_rows_as_are_allowed_are_taken(read):
    assert len(read(b"a\n" + b"1\n" * sheets.MOST_ROWS)[1]) == sheets.MOST_ROWS


# --- Workbooks ------------------------------------------------------------------------------------------------
@pytest.fixture
def packed(tmp_path):
    """Make a workbook of these parts."""

    def packed(**parts):
        path = tmp_path / "file"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            for name, content in {"[Content_Types].xml": "", **parts}.items():
                book.writestr(name, content)

    return packed


def saved(tmp_path, fill):
    book = openpyxl.Workbook()
    fill(book.active)
    book.save(tmp_path / "file")


def test_a_workbook_is_read_by_its_values(read, tmp_path):
    from datetime import date, datetime

    def fill(sheet):
        sheet.append(["E-Mail", "PLZ", "Tag", "Zeit", "Ja"])
        sheet.append(["ä@example.org", 15374.0, date(2026, 5, 1), datetime(2026, 5, 1, 8, 30), True])  # noqa: DTZ001

    saved(tmp_path, fill)
    assert read(None)[1] == [(2, ["ä@example.org", "15374", "2026-05-01", "2026-05-01 08:30:00", "True"])]


def test_a_table_that_begins_further_down_keeps_its_numbers(read, tmp_path):
    def fill(sheet):
        sheet["B3"], sheet["B5"] = "E-Mail", "a@example.org"

    saved(tmp_path, fill)
    assert read(None)[1][0][0] == 5


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "ZZ10"])
def test_a_small_workbook_of_a_huge_table_takes_nothing_with_it(refused, tmp_path, cell):
    """The reader asks the system for all cells between two corners; the process that does so may end."""

    def fill(sheet):
        sheet["A1"], sheet[cell] = "a", "b"

    saved(tmp_path, fill)
    assert refused(None) in {"large", "columns", "rows"}


def test_a_workbook_that_unpacks_to_more_than_is_sensible_is_refused(refused, packed, monkeypatch):
    monkeypatch.setattr(workbook, "UNPACKED", 1 << 20)
    packed(**{"xl/sharedStrings.xml": "0" * (2 << 20)})
    assert refused(None) == "large"


def test_a_reader_that_takes_too_much_memory_is_ended(refused, tmp_path, monkeypatch):
    """Whatever a workbook says of itself: what it takes is limited."""
    monkeypatch.setattr(workbook, "MEMORY", 30 << 20)

    def fill(sheet):
        for row in range(3000):
            sheet.append([f"{row}" + "x" * 9000])

    saved(tmp_path, fill)
    assert refused(None) in {"large", "broken"}


def test_a_packed_folder_that_is_no_workbook_is_none(refused, tmp_path):
    with zipfile.ZipFile(tmp_path / "file", "w") as book:
        book.writestr("readme.txt", "hello")
    assert refused(None) == "binary"


def test_a_workbook_without_a_row_is_empty(refused, tmp_path):
    saved(tmp_path, lambda _sheet: None)
    assert refused(None) == "empty"


def test_each_reason_has_a_message(app):
    with app.test_request_context():
        assert all(str(message) for message in sheets.limits.MESSAGES.values())


def test_the_separator_is_found_though_others_stand_in_the_cells():
    assert text._fit(["a,b;c", "d,e;f", "g;h"], ";") > text._fit(["a,b;c", "d,e;f", "g;h"], ",")


def test_the_reader_is_told_no_secret(read, tmp_path, monkeypatch):
    seen = {}
    run = workbook.subprocess.Popen

    def noted(command, **more):
        seen.update(more["env"])
        return run(command, **more)

    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setattr(workbook.subprocess, "Popen", noted)
    saved(tmp_path, lambda sheet: sheet.append(["a@example.org"]))
    read(None)
    assert "PATH" in seen
    assert "secret" not in seen.values()
