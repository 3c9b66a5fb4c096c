"""A table that no format knows: its columns are guessed right or left open, never wrong in silence."""

import csv
import io
import tempfile
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ownchannel
from ownchannel.orders import MappingGuess, guess_mapping, preview, read_orders

NAMES: dict[str, list[str]] = tomllib.loads(
    (Path(ownchannel.__file__).parent / "orders" / "guessed_names.toml").read_text(encoding="utf-8")
)
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M")
SKUS = ("PAN-28", "KNIFE-7", "BOARD-3")
BESIDE = ("shipping", "tax", "discount", "fee")


def guessed(*rows: str) -> MappingGuess:
    return guess_mapping(("till.csv", "\n".join(rows).encode()))


# ---------------------------------------------------------------- any table


@dataclass
class Made:
    """A table, the column of each field, and what it sums up to in cents."""

    content: bytes
    columns: dict[str, str]
    value: str
    """Where the value of goods stands."""
    days: list[date]
    sums: Counter[str]


@st.composite
def tables(draw: st.DrawFn) -> Made:
    """Orders of one to three lines, under names and in forms chosen at random."""
    mark, day_form = draw(st.sampled_from(".,")), draw(st.sampled_from(DATES))
    beside = [name for name in BESIDE if draw(st.booleans())]
    on_each_row, after_discount = draw(st.booleans()), draw(st.booleans())
    rows: list[dict[str, str]] = []
    sums, days = Counter[str](), []
    for number in range(draw(st.integers(1, 6))):
        days.append(date(2025, 1, 1) + timedelta(days=draw(st.integers(0, 600))))
        whole = {name: draw(st.sampled_from([0, 199, 450, 1230])) for name in beside}
        for line in range(draw(st.integers(1, 3))):
            sku, units = draw(st.sampled_from(SKUS)), draw(st.integers(1, 3))
            own = whole if line == 0 else dict.fromkeys(beside, 0)
            one, off = 2300 + 137 * SKUS.index(sku), own.get("discount", 0)
            cents = {
                "unit_price": one,
                "price of one": one,
                "price of the line": one * units,
                "goods": one * units - off * after_discount,
                "total": one * units - off + own.get("shipping", 0) + own.get("tax", 0),
            }
            sums.update(cents | own)
            cents |= whole if on_each_row else own
            texts = {
                "order_id": str(10_017 + 31 * number),
                "ordered_at": days[-1].strftime(day_form),
                "other_date": (days[-1] + timedelta(days=2)).strftime(day_form),
                "customer": f"buyer{number}@example.com",
                "person": f"Ann {'BCDEFG'[number]}",
                "product": f"A fine {sku.lower()}",
                **{"sku": sku, "quantity": str(units), "currency": "EUR", "status": "paid", "country": "DE"},
            }
            rows.append(
                texts | {n: f"{Decimal(c).scaleb(-2):.2f}".replace(".", mark) for n, c in cents.items()}
            )
    value = draw(st.sampled_from(["unit_price", "price of one", "price of the line", "goods", "total"]))
    kept = dict.fromkeys(["order_id", "ordered_at", value, *beside])
    kept |= {} if value in ("goods", "total") and draw(st.booleans()) else {"quantity": None}
    optional = (
        "sku",
        "product",
        "customer",
        "status",
        "country",
        "other_date",
        "person",
        "total",
        "currency",
    )
    kept |= {name: None for name in optional if draw(st.booleans())}
    columns = {name: draw(st.sampled_from(NAMES[name.partition(" ")[0]])) for name in kept}
    columns[value] += draw(st.sampled_from(["", " (EUR)"]))
    out, order = io.StringIO(), draw(st.permutations([*kept]))
    writer = csv.writer(out, delimiter=draw(st.sampled_from(";\t")) if mark == "," else ",")
    writer.writerow([columns[name] for name in order])
    writer.writerows([row[name] for name in order] for row in rows)
    return Made(out.getvalue().encode(), columns, value, days, sums)


@given(tables())
def test_what_is_guessed_reads_to_the_cent_and_the_rest_is_left_open(made: Made) -> None:
    guess = guess_mapping(("till.csv", made.content))
    truth = {name: column.casefold() for name, column in made.columns.items()} | {"currency": "EUR"}
    given_by_name = {
        name: column
        for name, column in guess.fields.items()
        if name not in ("item_value", "unit_price", "of_order")
    }
    for name, column in given_by_name.items():
        assert column in (made.columns.get(name, "EUR").casefold(), "EUR"), name
    if "item_value" in guess.asks:
        return
    missing = {name: truth[name] for name in guess.asks}
    with tempfile.TemporaryDirectory() as folder:
        orders = read_orders(("till.csv", made.content), {**guess.fields, **missing}, folder)
    (report,), lines = orders.report.files, orders.table
    two_ways = any("can be read in two ways" in warning for warning in report.warnings)
    if report.rejected and not two_ways:  # only dates that nothing proves, each with its reason
        assert set(orders.report.rejected["column"]) == {truth["ordered_at"]}
        return
    assert two_ways or sorted(set(lines["ordered_on"])) == sorted(set(made.days))
    assert lines["order_id"].nunique() == len(made.days)
    for name in guess.fields.keys() & set(BESIDE):
        assert lines[name].sum() == Decimal(made.sums[name]).scaleb(-2), name
    off = made.sums["discount"] if "discount" in guess.fields else 0
    of_goods = made.sums[made.value if made.value in ("goods", "total") and not off else "price of the line"]
    assert lines["item_value"].sum() == Decimal(of_goods).scaleb(-2)


# ---------------------------------------------------------------- names and contents, one by one


@pytest.mark.parametrize(
    ("header", "priced"),
    [
        ("Order number,Order date,Qty,Unit price,Currency,E-mail", "unit_price"),
        ("Bestell-Nr.,Bestelldatum,Menge,Einzelpreis,Währung,E-Mail-Adresse", "unit_price"),
        ("N° de commande,Date de commande,Qté,Prix unitaire,Devise,Courriel", "unit_price"),
        ("N.º de pedido,Fecha,Cantidad,Precio unitario,Moneda,Correo electrónico", "unit_price"),
        ("Numero ordine,Data ordine,Quantità,Prezzo unitario,Valuta,Email cliente", "unit_price"),
        ("Número do pedido,Data da compra,Qtd,Preço unitário,Moeda,E-mail do cliente", "unit_price"),
        ("Bestelnummer,Besteldatum,Aantal,Prijs per stuk,Valuta,E-mailadres", "unit_price"),
        ("Numer zamówienia,Data zamówienia,Ilość,Cena jednostkowa,Waluta,Adres e-mail", "unit_price"),
        ("رقم الطلب,تاريخ الطلب,الكمية,سعر الوحدة,العملة,البريد الإلكتروني", "unit_price"),
        ("ORDER_ID,CREATED_AT,QTY_ORDERED,Line Total,CURRENCY,customer_email", "item_value"),
    ],
)
def test_nine_languages_name_a_table_whole(header: str, priced: str) -> None:
    guess = guessed(header, "A-17,2026-03-31,2,12.50,EUR,ann@example.com")
    names = [name.casefold() for name in header.split(",")]
    fields = ("order_id", "ordered_at", "quantity", priced, "currency", "customer")
    assert guess.fields == dict(zip(fields, names, strict=True))
    assert guess.asks == guess.notes == ()
    assert guess.private == (names[-1],)


def test_contents_name_what_names_do_not() -> None:
    guess = guessed(
        "Ref;When;How many;Line total;Cur;Contact",
        "#100017;31.03.2026;1;12,50;GBP;ann@example.com",
        "#100017;31.03.2026;2;13,50;GBP;ann@example.com",
        "#100018;01.04.2026;1;14,50;GBP;bob@example.com",
    )
    assert guess.fields == {
        **{"order_id": "ref", "ordered_at": "when", "item_value": "line total"},
        **{"currency": "cur", "customer": "contact"},
    }


@pytest.mark.parametrize(
    ("rows", "fields"),
    [
        (
            ["Order,Date,Amount (GBP)", "1,2026-03-01,12.50"],
            {"item_value": "amount (gbp)", "currency": "GBP"},
        ),
        (["Order,Date,Amount", "1,2026-03-01,€12.50", "2,2026-03-01,€3"], {"currency": "EUR"}),
        (["Order,Date,Amount", "1,2026-03-01,€12.50", "2,2026-03-01,£3"], {"currency": None}),
        (["Order,Date,Amount", "1,2026-03-01,$12.50"], {"currency": None}),  # of many countries
        # A price may be the line's: several numbers of one product show it, one number never does.
        (["Order,Date,SKU,Qty,Price", "1,2026-03-01,A,1,5", "2,2026-03-01,A,2,5"], {"unit_price": "price"}),
        (["Order,Date,SKU,Qty,Price", "1,2026-03-01,A,1,5", "2,2026-03-01,A,2,10"], {"item_value": "price"}),
        (["Order,Date,SKU,Qty,Price", "1,2026-03-01,A,1,5"], {"item_value": None, "unit_price": None}),
        (["Order,Date,Qty,Price,Total", "1,2026-03-01,2,5,10"], {"unit_price": "price", "item_value": None}),
        (["Order,Date,Number of,Price", "1,2026-03-01,2,5"], {"item_value": None, "unit_price": None}),
        (["Order,Date,Price", "1,2026-03-01,5"], {"item_value": "price"}),
        # A total may hold shipping and more, named or not.
        (["Order,Date,Total,Shipping", "1,2026-03-01,12,2"], {"item_value": None, "shipping": "shipping"}),
        (["Order,Date,Total,Shipping", "1,2026-03-01,12,0"], {"item_value": "total"}),
        (["Order,Date,Total,Extra", "1,2026-03-01,12,2.50"], {"item_value": None}),
        (["Order,Date,Amount", "1,2026-03-01,7", "1,2026-03-01,7"], {"item_value": None}),  # the order's?
        # Rates are no amounts; the number of a customer is no order's; a ship date is no order date.
        (["Order,Date,Price,VAT", "1,2026-03-01,5.00,19", "2,2026-03-01,6.00,7"], {"tax": None}),
        (["Order,Date,Price", "7,2026-03-01,5", "7,2026-04-01,6", "8,2026-05-01,6"], {"order_id": None}),
        (["Order,Ship date,Price", "7,2026-03-01,5"], {"ordered_at": None}),
        (["Order,Date,Price,Status", "7,2026-03-01,5,paid"], {"status": "status"}),
        (["Order,Date,Price,Status", "7,2026-03-01,5,opłacone"], {"status": None}),
        (["Order,Date,Price,Customer", "7,2026-03-01,5,K-12"], {"customer": "customer"}),
        (["Order,Date,Price,Customer", "7,2026-03-01,5,Ann Smith"], {"customer": None}),
    ],
)
def test_what_is_not_certain_is_left_open(rows: list[str], fields: dict[str, str | None]) -> None:
    found = guessed(*rows).fields
    assert {name: found.get(name) for name in fields} == fields


def test_words_below_a_table_and_an_id_of_lines_mislead_nobody() -> None:
    head = "Order number,Transaction id,Date,Line total"
    lines = ["A-1001,5551,2026-03-01,5", "A-1001,5552,2026-03-01,6", "A-1002,5553,2026-03-02,6"]
    assert guessed(head, *lines, "3,records downloaded").fields["order_id"] == "order number"
    mixed = [line.replace("A-1002", "n/a").replace("A-1001", "none") for line in lines]
    assert "order_id" not in guessed(head, *mixed).fields  # and is not the lines' number instead


def test_what_is_left_out_for_a_reason_is_said() -> None:
    head = "Order,Date,Price,Qty,SKU,Shipping,Status"
    guess = guessed(head, "1,2026-03-01,5,1,A,4,neu", "1,2026-03-01,5,2,A,4,neu", "2,2026-03-02,5,1,A,3,neu")
    assert guess.notes == (
        "“status” seems to say what became of orders, in words that are not known here, and is left out: "
        "every row would count as sold.",
        "“shipping” has one amount on all rows of an order, and counts once per order.",
    )
    assert guess.fields["of_order"] == ("shipping",)


def test_a_header_is_found_below_titles_and_after_any_delimiter() -> None:
    for mark in "\t,;|":
        rows = ["Our shop", mark.join(["Report", "of", "sales"]), "", mark.join(["Order", "Date", "Sum"])]
        assert guessed(*rows, mark.join(["1", "2026-03-01", "5"])).fields["order_id"] == "order"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        b"Order,Date,Sum\n",
        b"1,2026-03-01,5\n2,2026-03-01,6\n",
        b"Dear Ann,\nhi\n",
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(
        ValueError, match=r"No table is seen in note\.txt: the names of its columns, and rows"
    ):
        guess_mapping(("note.txt", content))


def test_a_guess_with_gaps_says_what_to_name() -> None:
    assert guessed("Datum,B,C", "2026-03-01,x,y").asks == ("order_id", "currency", "item_value")
    with pytest.raises(ValueError, match="no such file"):
        guess_mapping("nowhere.csv")


# ---------------------------------------------------------------- the preview

COLUMNS = {"order_id": "No", "ordered_at": "Day", "item_value": "Sum", "currency": "GBP", "customer": "Who"}


def test_five_rows_are_shown_as_they_would_be_read_and_nobody_is() -> None:
    rows = [f"{number},2026-03-{number:02},{number}.50,ann{number}@example.com" for number in range(1, 9)]
    shown = preview(("till.csv", "\n".join(["No,Day,Sum,Who", *rows, "9,2026-03-09,,"]).encode()), COLUMNS)
    assert [*shown.rows] == ["order_id", "ordered_on", "quantity", "item_value", "currency", "customer"]
    assert shown.rows.iloc[4].to_list() == ["5", date(2026, 3, 5), 1.0, Decimal("5.50"), "GBP", "known"]
    assert len(shown.rows) == 5
    assert shown.problems == (
        "sum is empty: 1 row, the first in line 10. An empty cell is no 0: fill it in.",
    )
    assert "ann" not in f"{shown}{shown.rows.to_csv()}"


def test_what_columns_do_not_prove_is_named_until_they_do() -> None:
    open_ = preview(("a.csv", b"No;Day;Sum;Who\n1;03/04/2026;1.250;"), COLUMNS)
    assert open_.unproven == ("day_first", "decimal")
    assert open_.rows["ordered_on"][0] == date(2026, 4, 3)  # as is usual with pounds, which is said
    assert len([note for note in open_.notes if "Nothing in the column proves which" in note]) == 2
    proven = preview(("a.csv", b"No;Day;Sum;Who\n1;03/04/2026;1.250;\n2;13/04/2026;1,5;"), COLUMNS)
    assert proven.unproven == ()
    assert proven.rows["item_value"].to_list() == [Decimal("1250"), Decimal("1.5")]


def test_a_preview_warns_of_amounts_that_would_count_several_times() -> None:
    content = b"No,Day,Sum,Ship\n1,2026-03-01,5,4\n1,2026-03-01,6,4\n"
    columns = {**COLUMNS, "customer": None, "shipping": "Ship"}
    shown = preview(("a.csv", content), columns)
    assert "Ship has one amount on all rows of an order, and counts with each row." in shown.notes[-1]
    once = preview(("a.csv", content), {**columns, "of_order": ["shipping"]})
    assert (once.notes, sum(once.rows["shipping"])) == ((), 4)


def test_columns_that_are_not_there_are_said() -> None:
    with pytest.raises(ValueError, match="A column that was named is not in the table"):
        preview(("a.csv", b"No,Day,Total\n1,2026-03-01,5\n"), COLUMNS)
