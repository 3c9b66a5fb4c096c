"""One file, whatever its state: every row and every cent of it is in the books."""

import gzip
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.files import BadCell

# inside: files that break off while they are read, and readers with faults
from ownchannel.orders import FileReport, Orders, _one_file, _readers, _schema, read_orders
from ownchannel.workspace import CustomerKeys
from tests.orders.exports import amazon, amazon_row, continued, shopify, shopify_row


class Plain(_one_file.Reader):
    """A reader of three columns, which a test can make forgetful."""

    name = "Plain table"
    forgets_row = -1
    forgets_money = 0

    def recognises(self, columns: frozenset[str]) -> bool:
        return columns >= {"order", "price", "currency"}

    def read(self, rows: _one_file.Rows, context: _one_file.Context) -> pa.RecordBatch:
        price = rows.amounts("price")
        batch = rows.batch(
            _schema.LINES_AS_READ,
            order_id=rows.required("order"),
            currency=rows.text("currency"),
            status="completed",
            identity=rows.text("order"),
            item_value=price,
            amount=price,
        )
        return batch.filter(pa.compute.not_equal(batch["source_row"], self.forgets_row))

    def money(
        self, rows: _one_file.Rows, context: _one_file.Context
    ) -> tuple[pa.StringArray, _one_file.Millionths]:
        return rows.column("currency"), rows.unjudged().amounts("price") + self.forgets_money


def read(content: bytes | _one_file.Source, *readers: _one_file.Reader) -> _one_file.FileRead:
    source = (
        content
        if isinstance(content, _one_file.Source)
        else _one_file.Source("a.csv", lambda: io.BytesIO(content))
    )
    return _one_file.read_file(
        source, readers or [Plain()], _one_file.Context(CustomerKeys(lambda: b"s" * 32), "UTC")
    )


def report_of(read: _one_file.FileRead, kept: Sequence[int] | None = None) -> FileReport:
    """The report where the lines at some places count, or all."""
    table = read.table()
    return read.report(table if kept is None else table.take(pa.array(kept, pa.int64())), "")


HEADER = b"order,price,currency\n"


# ---------------------------------------------------------------- the books


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", ""]),
            st.one_of(st.decimals(-99, 99, places=2).map(str), st.sampled_from(["", "x", "9" * 12])),
            st.sampled_from(["USD", "EUR", "euro", ""]),
        ),
        max_size=12,
    )
)
def test_rows_and_money_are_either_kept_or_set_aside(rows):
    # The blank in front keeps a row of empty cells from being a blank line.
    content = HEADER + "".join(f"{order},{price},{code},\n" for order, price, code in rows).encode()
    found = read(content.replace(b"currency\n", b"currency,note\n").replace(b",\n", b",x\n"))
    report = report_of(found)
    good = [(Decimal(p or 0), code) for order, p, code in rows if order and p != "x"]
    bad = [(Decimal(p or 0) if p != "x" else Decimal(0), code) for o, p, code in rows if not o or p == "x"]
    assert (report.rows_in, report.accepted, report.rejected) == (len(rows), len(good), len(bad))
    for code in ("USD", "EUR"):
        split = report.money.get(code, dict.fromkeys(("in", "accepted", "rejected"), Decimal(0)))
        assert split["accepted"] == sum(amount for amount, of in good if of == code)
        assert split["rejected"] == sum(amount for amount, of in bad if of == code)
        assert split["in"] == split["accepted"] + split["rejected"]


def test_sums_beyond_64_bits_are_exact():
    row = b"1,999999999999.99,USD\n"
    report = report_of(read(HEADER + row * 30))
    assert report.money["USD"]["accepted"] == 30 * Decimal("999999999999.99")
    assert report.warnings == ()


def test_what_does_not_count_is_a_repeat():
    found = read(HEADER + b"1,5,USD\n2,7,USD\n3,9,EUR\n")
    report = report_of(found, kept=[0])
    assert (report.accepted, report.rejected, report.duplicates) == (1, 0, 2)
    assert report.money["USD"] == {"in": 5, "accepted": 5, "rejected": 0, "duplicates": 7}
    assert report.money["EUR"] == {"in": 0, "accepted": 0, "rejected": 0, "duplicates": 9}


def test_a_row_that_a_reader_forgets_is_told():
    forgetful = Plain()
    forgetful.forgets_row = 3
    found = read(HEADER + b"1,5,USD\n2,7,USD\n", forgetful)
    assert [(r.line, r.reason, r.remedy) for r in found.rejections] == [
        (3, "could not be read to its end", "Fetch the file again.")
    ]
    assert report_of(found).money["USD"] == {"in": 12, "accepted": 5, "rejected": 7, "duplicates": 0}


def test_money_that_a_reader_forgets_is_told():
    forgetful = Plain()
    forgetful.forgets_money = 1
    assert report_of(read(HEADER + b"1,5,USD\n", forgetful)).warnings == (
        "The amounts read do not add up to the file's total: do not rely on this file, and report it.",
    )


def test_a_total_that_the_file_states_is_checked():
    found = read(HEADER + b"1,5,USD\n")
    assert report_of(found).reconciled is None
    found.unexplained = 10_000
    assert (report_of(found).reconciled, report_of(found).difference) == (False, Decimal("0.01"))
    found.unexplained = 0
    assert (report_of(found).reconciled, report_of(found).difference) == (True, 0)


# ---------------------------------------------------------------- chunks

prices = st.sampled_from(["9.99", "5.00", "n/a", "-1"])
amazon_files = st.lists(
    st.fixed_dictionaries(
        {
            "amazon-order-id": st.sampled_from(["1", "2", "3", ""]),
            "item-price": prices,
            "sku": st.sampled_from("AB"),
        }
    ).map(lambda row: amazon_row() | row),
    max_size=15,
).map(lambda rows: amazon(*rows))


@st.composite
def shopify_files(draw: st.DrawFn) -> bytes:
    rows = []
    for number in range(draw(st.integers(0, 6))):
        first = {"Name": f"#{number}", "Discount Amount": draw(st.sampled_from(["0", "5.00", "x"]))}
        rows.append(shopify_row(first | {"Lineitem price": draw(prices), "Refunded Amount": "3.33"}))
        for _ in range(draw(st.integers(0, 3))):
            further = {"Name": draw(st.sampled_from(["", f"#{number}", "#other"]))}
            rows.append(continued(further | {"Lineitem price": draw(prices)}))
    return shopify(*rows)


@settings(max_examples=30)
@given(st.one_of(amazon_files, shopify_files()), st.sampled_from([1, 2, 7]))
def test_the_size_of_chunks_changes_nothing(content, size):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        whole = read_orders(("a.csv", content), workspace=folder)
        patched.setattr("ownchannel.files._layout.CHUNK_ROWS", size)
        patched.setattr("ownchannel.files._delimited._BLOCK", 300)
        in_chunks = read_orders(("a.csv", content), workspace=folder)
    assert in_chunks.arrow.to_pylist() == whole.arrow.to_pylist()
    assert str(in_chunks.report) == str(whole.report)
    assert in_chunks.report.rejected.equals(whole.report.rejected)


# ---------------------------------------------------------------- files in a bad state

CUT_SHORT = "It ends early or is damaged: the rows before the damage were read. Download it again."


@contextmanager
def breaking(content: bytes, error: Exception, after: int) -> Iterator[BinaryIO]:
    """A file that gives out with an error behind so many bytes."""

    class Breaking(io.BytesIO):
        def readable(self) -> bool:
            return True

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= after:
                raise error
            return super().read(min(size or -1, after - self.tell()) if size and size > 0 else -1)

        read1 = read

    yield Breaking(content)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            EOFError(),
            "It ends early or is damaged: the rows before the damage were read. Download it again.",
        ),
        (
            OSError("gone"),
            "It ends early or is damaged: the rows before the damage were read. Download it again.",
        ),
        (_one_file.TooLarge("It is larger than is read."), "It is larger than is read."),
    ],
)
def test_what_stands_before_damage_counts_and_the_damage_is_told(error, sentence):
    content = HEADER + b"1,5.00,USD\n" * 100
    found = read(_one_file.Source("a.csv", lambda: breaking(content, error, len(HEADER) + 11 * 40)))
    report = report_of(found)
    assert (report.rows_in, report.accepted, report.money["USD"]["accepted"]) == (40, 40, 200)
    assert report.warnings == (sentence,)


def test_a_file_damaged_from_the_first_byte_on_gives_nothing_but_its_sentence():
    found = read(_one_file.Source("a.csv", lambda: breaking(b"", _one_file.TooLarge("Too much."), 0)))
    assert (found.format, found.rows, found.warnings) == ("", 0, ["Too much."])


def test_a_file_that_could_not_be_opened_says_why():
    found = _one_file.read_file(
        _one_file.Unopened("a.csv", "It is locked."),
        _readers.READERS,
        _one_file.Context(CustomerKeys(bytes), "UTC"),
    )
    assert str(found.report(found.table(), "")) == "a.csv was not read. It is locked."


@pytest.mark.parametrize("what", ["grows", "vanishes", "is replaced"])
def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path, what):
    path = tmp_path / "orders.csv"
    path.write_bytes(HEADER + b"1,5.00,USD\n")

    class Meddler(Plain):
        def read(self, rows: _one_file.Rows, context: _one_file.Context) -> pa.RecordBatch:
            if what == "grows":
                path.write_bytes(path.read_bytes() + b"2,5.00,USD\n")
            else:
                path.unlink()
            if what == "is replaced":
                path.write_bytes(HEADER + b"9,9.00,USD\n")
            return super().read(rows, context)

    found = read(_one_file.Source("orders.csv", lambda: path.open("rb"), path), Meddler())
    assert found.warnings == ["It changed while it was read: add it again once it is complete."]
    assert report_of(found).accepted == 1


def test_the_first_reader_that_knows_the_header_reads_the_file():
    class Another(Plain):
        name = "Another table"

    assert read(HEADER + b"1,5,USD\n", Another(), Plain()).format == "Another table"


def test_what_a_reader_notes_is_told_with_its_number():
    class Noting(Plain):
        def read(self, rows: _one_file.Rows, context: _one_file.Context) -> pa.RecordBatch:
            context.note("Odd rows: {n}.", 1_234)
            context.note("Not told: {n}.", 0)
            return super().read(rows, context)

    assert read(HEADER + b"1,5,USD\n", Noting()).warnings == ["Odd rows: 1,234."]


def test_money_of_a_row_set_aside_is_of_the_currency_that_its_order_states():
    class OfOrder(Plain):
        def read(self, rows: _one_file.Rows, context: _one_file.Context) -> pa.RecordBatch:
            rows.reject(0, BadCell("order", "", "is odd", "Mend it."), currency="EUR")
            return super().read(rows, context)

    assert report_of(read(HEADER + b"1,5,\n", OfOrder())).money["EUR"]["rejected"] == 5


def test_a_packed_file_is_the_file(tmp_path: Path):
    content = amazon(amazon_row())
    files = [("a.txt", content), ("a.txt.gz", gzip.compress(content))]
    one, other = (read_orders(file, workspace=tmp_path / "workspace") for file in files)
    assert isinstance(one, Orders)
    assert str(one.report) == str(other.report)
    assert np.array_equal(one.arrow["item_value"].to_numpy(), other.arrow["item_value"].to_numpy())
