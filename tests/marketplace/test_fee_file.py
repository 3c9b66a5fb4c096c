"""A person's own table of fees, read back from what these tests write; and files that are none."""

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.marketplace import FeeBands, FeeSchedule, FeeTable, fee_table, read_fee_table, referral_fee

HEADER = "category,up_to,rate,kind,minimum,valid_from,currency"
COLUMNS = HEADER.split(",")
TEA = f"""{HEADER}
tea,10,0.08,whole,0.25,2024-01-01,EUR
tea,,0.15,whole,0.25,2024-01-01,EUR
desks,200,0.15,marginal,,2024-01-01,EUR
desks,,0.1,marginal,,2024-01-01,EUR
tea,,0.2,whole,,2026-01-01,EUR
"""

days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
money = st.decimals(0, 10_000, places=2)
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=12)


@st.composite
def bands(draw: st.DrawFn) -> FeeBands:
    edges = sorted(draw(st.sets(st.decimals("0.01", 10_000, places=2), max_size=4)))
    rates = [draw(st.decimals(0, 1, places=4)) for _ in range(len(edges) + 1)]
    return FeeBands(tuple(edges), tuple(rates), draw(st.booleans()))


@st.composite
def tables(draw: st.DrawFn) -> FeeTable:
    keys = draw(st.lists(st.tuples(names, days), min_size=1, max_size=5, unique=True))
    schedules = [
        FeeSchedule(
            categories=(category,),
            bands=draw(bands()),
            minimum=draw(money),
            valid_from=day,
            source="your own table",
            checked=None,
            confidence="assumption",
        )
        for category, day in keys
    ]
    return FeeTable(draw(st.sampled_from(["USD", "EUR", "JPY"])), tuple(schedules))


def written(table: FeeTable, columns: list[str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for schedule in table.schedules:
        for edge, rate in zip([*schedule.bands.edges, ""], schedule.bands.rates, strict=True):
            writer.writerow(
                {
                    "category": schedule.categories[0],
                    "up_to": edge,
                    "rate": rate,
                    "kind": "marginal" if schedule.bands.marginal else "whole",
                    "minimum": schedule.minimum,
                    "valid_from": schedule.valid_from,
                    "currency": table.currency,
                }
            )
    return text.getvalue()


@given(table=tables(), columns=st.permutations(COLUMNS))
def test_a_table_is_read_as_it_was_written(table, columns):
    assert read_fee_table(written(table, columns)) == table


@given(st.text() | st.text().map(f"{HEADER}\n{{}}".format))
def test_any_text_is_a_table_or_is_refused_in_a_sentence(text):
    read_or_refused(text)


@given(st.data())
def test_a_table_with_a_cell_changed_is_a_table_or_is_refused_in_a_sentence(data):
    rows = list(csv.reader(io.StringIO(TEA)))
    cell = st.sampled_from(["", "0", "-1", "15", "15%", "NaN", "1e999999", "whole", "2026-13-01", "usd", '"'])
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(COLUMNS) - 1))
    rows[row][column] = data.draw(cell | st.text(max_size=5))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    read_or_refused(text.getvalue())


def read_or_refused(text: str) -> None:
    try:
        table = read_fee_table(text)
    except ValueError as error:
        refusal = f"{type(error).__name__}: {error}"
    else:
        fees = [referral_fee(category, 100, table=table) for category in table.categories]
        assert fees and min(fees) >= 0
        return
    assert re.fullmatch(r"ValueError: (Line \d+|The first line|The table)\b.+\.", refusal, re.DOTALL)


def test_your_own_table_takes_the_place_of_the_marketplaces(tmp_path: Path):
    file = tmp_path / "my fees.csv"
    file.write_text(TEA, encoding="utf-8-sig")
    table = read_fee_table(file)
    assert str(referral_fee("tea", 10, date=dt.date(2025, 1, 1), table=table)) == "0.80"
    assert str(referral_fee("tea", 1, date=dt.date(2025, 1, 1), table=table)) == "0.25"
    assert str(referral_fee("tea", 10, table=table)) == "2.00"
    assert str(referral_fee("desks", 300, table=table)) == "40.00"
    assert set(fee_table(table=table)["source"]) == {"my fees.csv"}
    with pytest.raises(ValueError, match=r"There are: desks, tea\."):
        referral_fee("beauty", 10, table=table)


def test_empty_lines_and_spaces_do_not_matter():
    spaced = TEA.replace(",", " , ").replace("\n", "\r\n\r\n,,,,,,\r\n", 3)
    assert read_fee_table(spaced) == read_fee_table(TEA)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("tea,10,", "tea,ten,", "Line 2, up_to: 'ten' was given, expected a price above 0, or nothing"),
        ("tea,10,", "tea,0,", "Line 2, up_to: '0' was given"),
        ("tea,10,", ",10,", "Line 2, category: nothing was given, expected a name."),
        ("0.08", "8", "Line 2, rate: '8' was given, expected a share between 0 and 1, such as 0.15."),
        ("0.08", "NaN", "Line 2, rate: 'NaN' was given"),
        ("0.08", "", "Line 2, rate: nothing was given"),
        ("0.1,marginal", "0.1,part", "Line 5, kind: 'part' was given, expected whole or marginal."),
        ("0.1,marginal", "0.1,whole", "Line 5, kind: 'whole' was given, expected marginal, as in line 4."),
        ("0.08,whole,0.25", "0.08,whole,-1", "Line 2, minimum: '-1' was given, expected an amount of 0 or"),
        (
            "0.15,whole,0.25",
            "0.15,whole,0.3",
            "Line 3, minimum: '0.3' was given, expected 0.25, as in line 2.",
        ),
        ("2026-01-01", "01/02/2026", "Line 6, valid_from: '01/02/2026' was given, expected a day such as"),
        ("2026-01-01,EUR", "2026-01-01,euro", "Line 6, currency: 'euro' was given, expected three capital"),
        ("2026-01-01,EUR", "2026-01-01,USD", "Line 6, currency: 'USD' was given, expected EUR, as above"),
        ("tea,,0.15", "tea,10,0.15", "Line 3, up_to: '10' was given, expected more than 10, as in line 2."),
        ("tea,,0.15", "tea,9,0.15", "Line 3, up_to: '9' was given, expected more than 10, as in line 2."),
        (
            "tea,,0.15",
            "tea,12,0.15",
            "Line 3, up_to: '12' was given, expected nothing: it is the last band of",
        ),
        (
            "tea,10,",
            "tea,,",
            "Line 2, up_to: nothing was given, expected a price, because line 3 has a band above",
        ),
        ("2026-01-01,EUR", "2026-01-01", "Line 6 has 6 cells, not 7."),
        ("rate", "percent", "The first line of a table of fees must name these columns, each once"),
        ("tea,10,", f"tea,{'1' * 140_000},", "Line 2 of the table of fees is no CSV: field larger than"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_field(old, new, why):
    assert TEA.count(old) == 1
    with pytest.raises(ValueError, match=f"^{re.escape(why)}"):
        read_fee_table(TEA.replace(old, new))


def test_a_table_without_lines_is_refused():
    with pytest.raises(ValueError, match="has no line below its header"):
        read_fee_table(HEADER)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    file = tmp_path / "fees.csv"
    file.write_bytes(TEA.replace("tea", "thé").encode("latin-1"))
    with pytest.raises(ValueError, match=r"^fees\.csv is not UTF-8 text: save it as CSV UTF-8\.$"):
        read_fee_table(file)


def test_a_wrong_file_is_refused_without_a_word_of_what_it_holds():
    with pytest.raises(ValueError, match="The first line") as refused:
        read_fee_table("Jane Doe,jane@example.com\n")
    assert "jane" not in str(refused.value).lower()
