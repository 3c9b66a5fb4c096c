"""Amazon's transactions report."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest
from hypothesis import given

from ownchannel.orders import Orders, read_orders
from tests.orders.amazon_languages import COLUMNS
from tests.orders.generated_bookings import Generated, assert_read_as_generated
from tests.orders.generated_transactions import transactions
from tests.orders.test_amazon_settlement import row as settlement_row
from tests.orders.test_amazon_settlement import summary
from tests.orders.test_amazon_settlement import written as settlement

PREAMBLE = (
    '"Includes Amazon Marketplace, Fulfillment by Amazon (FBA)"\n"All amounts in USD, unless specified"\n'
)
NO_CURRENCY_ABOVE = PREAMBLE.replace("USD", "local currency")
OLDER_COLUMNS = (  # noqa: SIM905
    "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfillment,order city,"
    "order state,order postal,product sales,shipping credits,gift wrap credits,promotional rebates,"
    "sales tax collected,Marketplace Facilitator Tax,selling fees,fba fees,other transaction fees,other,total"
).split(",")

AN_ORDER = {
    "date/time": "Jan 5, 2026 11:03:05 AM PST",
    "settlement id": "11000000001",
    "type": "Order",
    "order id": "111-0000000-0000001",
    "sku": "PAN-12",
    "description": "Cast-iron pan",
    "quantity": "2",
    "marketplace": "amazon.com",
    "product sales": "1,084.00",
    "shipping credits": "5.99",
    "promotional rebates": "-15.99",
    "selling fees": "-12.60",
    "fba fees": "-6.50",
    "total": "1,054.90",
    "Transaction Status": "Released",
}
NO_ORDER = dict.fromkeys(("order id", "sku", "quantity", "product sales", "shipping credits"), "")
NO_ORDER |= dict.fromkeys(("promotional rebates", "selling fees", "fba fees"), "0")


def row(**cells: str) -> dict[str, str]:
    """An order with some cells changed; `order_id` stands for `order id`."""
    return AN_ORDER | {name.replace("_", " "): cell for name, cell in cells.items()}


def booked(type_: str, description: str, amount: str, **cells: str) -> dict[str, str]:
    """A row without an order."""
    told = {"type": type_, "description": description, "other": amount, "total": amount}
    return row(**(NO_ORDER | told | cells))


def written(*rows: dict[str, str], columns: list[str] = COLUMNS, above: str = PREAMBLE) -> bytes:
    text = io.StringIO()
    text.write(above)
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def read(tmp_path: Path):
    def reading(*rows: dict[str, str], columns: list[str] = COLUMNS, above: str = PREAMBLE) -> Orders:
        return read_orders(
            ("transactions.csv", written(*rows, columns=columns, above=above)), workspace=tmp_path
        )

    return reading


def parts(orders: Orders) -> list[tuple[object, ...]]:
    """Event, part, description and amount of each entry."""
    return [
        tuple(entry.values())
        for entry in orders.entries.select(["event", "part", "description", "amount"]).to_pylist()
    ]


@given(transactions())
def test_what_is_read_is_what_was_written(generated: Generated):
    assert_read_as_generated(generated)


def test_each_amount_of_an_order_is_an_entry_under_its_columns_name(read):
    assert parts(read(row())) == [
        ("sale", "goods", "product sales", Decimal("1084.00")),
        ("sale", "shipping", "shipping credits", Decimal("5.99")),
        ("sale", "discount", "promotional rebates", Decimal("-15.99")),
        ("sale", "fee", "selling fees", Decimal("-12.60")),
        ("sale", "fulfilment", "fba fees", Decimal("-6.50")),
    ]


def test_an_order_that_no_order_report_holds_gets_its_line_from_here(read):
    (line,) = read(row()).table.to_dict("records")
    told = {"order_id": "111-0000000-0000001", "channel": "Amazon.com", "sku": "PAN-12", "quantity": 2.0}
    told |= {"product": "Cast-iron pan", "item_value": Decimal("1084.00"), "discount": Decimal("15.99")}
    told |= {"fee": Decimal("19.10"), "fulfilment": Decimal("6.50"), "currency": "USD"}
    assert {name: line[name] for name in told} == told


def test_the_older_columns_are_read_likewise(read):
    taxed = row(**{"sales tax collected": "8.00", "Marketplace Facilitator Tax": "-8.00"})
    orders = read(taxed, columns=OLDER_COLUMNS)
    assert orders.table["tax"].tolist() == [0]
    assert [amount for _, part, _, amount in parts(orders) if part == "tax"] == [8, -8]
    assert orders.report.files[0].reconciled


def test_a_total_that_its_parts_do_not_explain_is_shown(read):
    orders = read(row(total="1,054.93"), row(total="1,054.89"))
    (file,) = orders.report.files
    assert (file.reconciled, file.difference) == (False, Decimal("0.04"))
    assert file.unclassified == {"not explained by the parts": Decimal("0.02")}
    assert file.money["USD"]["accepted"] == Decimal("2109.82")


def test_a_row_without_a_total_is_the_sum_of_its_parts(read):
    (file,) = read(row(total="")).report.files
    assert (file.reconciled, file.money["USD"]["accepted"]) == (True, Decimal("1054.90"))


@pytest.mark.parametrize(
    ("type_", "description", "part"),
    [
        ("Service Fee", "Cost of Advertising", "advertising"),
        ("Service Fee", "Subscription", "fee"),
        ("FBA Inventory Fee", "FBA storage fee", "fee"),
        ("Adjustment", "FBA Inventory Reimbursement - Customer Return", "reimbursement"),
        ("Transfer", "To your account", "transfer"),
    ],
)
def test_what_has_no_order_goes_by_type_and_description(read, type_, description, part):
    assert parts(read(booked(type_, description, "-10.00"))) == [("account", part, description, -10)]


def test_advertising_is_told_by_its_words_in_whichever_column_it_stands(read):
    billed = booked("Service Fee", "Cost of Advertising", "0", **{"other transaction fees": "-9.00"})
    assert parts(read(billed | {"total": "-9.00"})) == [("account", "advertising", "Cost of Advertising", -9)]


def test_a_type_that_nobody_knows_is_unclassified_in_the_platforms_own_words(read):
    (file,) = read(
        row(), booked("Moon Credit", "Tide", "3.00"), booked("Moon Credit", "Tide", "4.00")
    ).report.files
    assert file.unclassified == {"Moon Credit / Tide": 7}
    assert file.reconciled


def test_a_type_that_nobody_knows_with_an_order_and_goods_is_a_sale_or_a_refund(read):
    back = row(type="Moon return", **{"product sales": "-84.00", "total": "-113.10"})
    orders = read(row(type="Moon order"), back)
    assert [(event, part) for event, part, *_ in parts(orders) if part == "goods"] == [
        ("sale", "goods"),
        ("refund", "goods"),
    ]


def test_goods_that_amazon_takes_over_are_no_sale(read):
    cleared = row(
        type="Liquidations", **{"fba fees": "0", "shipping credits": "0", "promotional rebates": "0"}
    )
    orders = read(row(order_id="111-0000000-0000002"), cleared | {"total": "1,071.40"})
    assert parts(orders)[-2:] == [
        ("account", "reimbursement", "product sales", 1084),
        ("account", "fee", "selling fees", Decimal("-12.60")),
    ]
    assert orders.table["order_id"].tolist() == ["111-0000000-0000002"]


def test_what_amazon_bills_for_delivering_another_shops_order_is_no_sale_of_amazons(read):
    sent = dict.fromkeys(("product sales", "shipping credits", "promotional rebates", "selling fees"), "0")
    sent |= {"marketplace": "sim1.stores.amazon.com", "order id": "S01-0000000-0000001", "total": "-6.50"}
    orders = read(row(), row(**sent))
    assert parts(orders)[-1] == ("account", "fee", "fba fees", Decimal("-6.50"))
    assert len(orders) == 1


def test_units_given_for_nothing_are_still_units_sold(read):
    free = dict.fromkeys(("product sales", "shipping credits", "promotional rebates", "selling fees"), "0")
    assert read(row(**free, total="-6.50")).table["quantity"].tolist() == [2.0]


def test_digits_of_bank_accounts_do_not_pass(read):
    orders = read(
        row(),
        booked("Transfer", "To account ending with: 123", "-5.00"),
        booked("Overboeking", "Naar rekening 456", "-5.00"),
    )
    text = orders.entries.to_pandas().to_csv() + repr(orders.report.files)
    assert "ending with: ***" in text
    assert not [digits for digits in ("123", "456") if f" {digits}" in text]


def test_where_the_buyer_lives_does_not_pass(read):
    orders = read(row(**{"order city": "Sentinelville", "order state": "ZZ", "order postal": "90210-JR"}))
    text = orders.entries.to_pandas().to_csv() + orders.table.to_csv() + repr(orders.report)
    assert not [secret for secret in ("Sentinelville", "ZZ", "90210-JR") if secret in text]


def test_deferred_money_is_marked(read):
    orders = read(row(), row(**{"Transaction Status": "Deferred", "order id": "111-0000000-0000002"}))
    assert set(zip(*orders.entries.select(["order_id", "deferred"]).to_pydict().values(), strict=True)) == {
        ("111-0000000-0000001", False),
        ("111-0000000-0000002", True),
    }


def test_the_currency_is_the_sites_and_without_a_site_the_files(read):
    told = {"1": "", "2": "amazon.co.uk", "3": "amazon.com", "4": "amazon.com"}
    orders = read(*(row(order_id=number, marketplace=site) for number, site in told.items()))
    assert dict(zip(orders.table["order_id"], orders.table["currency"], strict=True)) == {
        "1": "USD",
        "2": "GBP",
        "3": "USD",
        "4": "USD",
    }


def test_where_no_site_tells_the_currency_rows_are_set_aside_with_a_sentence(read):
    rows = row(marketplace=""), booked("Transfer", "To your account", "-5.00", marketplace="")
    report = read(*rows, above=NO_CURRENCY_ABOVE).report
    assert (report.files[0].accepted, report.files[0].rejected) == (0, 2)
    assert report.rejected["column"].tolist() == ["marketplace"] * 2
    assert "currency" in report.rejected["reason"][0]


@pytest.mark.parametrize(
    ("sentence", "currency"),
    [
        ("All amounts in ZAR, unless specified", "ZAR"),
        ("Todas as quantias em BRL, a menos que especificado", "BRL"),
        ("Alle Beträge in Euro sofern nicht anders gekennzeichnet", "EUR"),
        ("Todos los importes en euros", "EUR"),
        ("すべての金額の単位は円です", "JPY"),
    ],
)
def test_the_sentence_above_the_header_tells_the_currency_of_a_site_that_is_not_known(
    read, sentence, currency
):
    orders = read(row(marketplace="amazon.example"), above=f'"Includes FBA"\n"{sentence}"\n')
    assert orders.table["currency"].tolist() == [currency]


@pytest.mark.parametrize(
    ("status", "release", "deferred"),
    [("Moonlit", "Jan 6, 2026 11:03:05 AM PST", False), ("Moonlit", "", True), ("", "", False)],
)
def test_money_under_a_status_that_nobody_knows_is_held_back_until_its_release(
    read, status, release, deferred
):
    orders = read(row(**{"Transaction Status": status, "Transaction Release Date": release}))
    assert set(orders.entries["deferred"].to_pylist()) == {deferred}
    said = [
        warning for warning in orders.report.files[0].warnings if "status that is not known: 1" in warning
    ]
    assert len(said) == bool(status)


BRAZIL = (
    '"Todas as quantias em BRL, a menos que especificado"\n'
    "data/hora,id de liquidação,tipo,id do pedido,sku,descrição,quantidade,mercado,tipo de conta,"
    "atendimento,cidade do pedido,estado do pedido,postal do pedido,vendas do produto,créditos de remessa,"
    "créditos de embalagem de presente,descontos promocionais,imposto de vendas coletados,tarifas de venda,"
    "taxas fba,taxas de outras transações,outro,total,Status da transação,Data de liberação da transação\n"
    '2 de set. de 2026 23:59:00 GMT-7,1,Pedido,702-1,PAN,Panela,1,amazon.com.br,,Amazon,,,,"1.250,00",'
    '"9,90",0,"-9,90",0,"-150,00","-12,50",0,0,"1.087,50",Diferido,\n'
    "3 de set. de 2026 10:00:00 GMT-7,1,Transferir,,,Conta bancária com final: 321,,,,,,,,0,0,0,0,0,0,0,0,"
    '"-2.500,75","-2.500,75",Liberado,3 de set. de 2026 10:00:00 GMT-7\n'
)
POLAND = (
    "data/godzina,identyfikator rozliczenia,typ,identyfikator zamówienia,sku,opis,ilość,rynek,realizacja,"
    "miejscowość zamówienia,stan zamówienia,przekaz pocztowy,sprzedaż produktów,noty kredytowe za wysyłkę,"
    "środki na pokrycie pakowania na prezent,rabaty promocyjne,pobrany podatek od sprzedaży,"
    "podatek od transakcji marketplace facilitator,opłaty za sprzedaż,opłaty za fba,"
    "inne opłaty transakcyjne,inne,suma,status transakcji,data zrealizowania transakcji\n"
    '7 paź 2026 10:11:12 UTC,1,Zamówienie,404-1,PAN,Patelnia,1,amazon.pl,Amazon,Łódź,,90-001,"1 250,50",0,0,'
    '0,0,0,"-187,58","-11,20",0,0,"1 051,72",Wydano,20 paź 2026 10:11:12 UTC\n'
)
INDIA = (
    '"All amounts in INR, unless specified"\n'
    "date/time,settlement id,type,order id,Sku,description,quantity,marketplace,account type,fulfillment,"
    "order city,order state,order postal,product sales,shipping credits,gift wrap credits,"
    "promotional rebates,Total sales tax liable(GST before adjusting TCS),TCS-CGST,TCS-SGST,TCS-IGST,"
    "TDS (Section 194-O),selling fees,fba fees,other transaction fees,other,total\n"
    '3 May 2026 9:10:11 pm UTC,1,Order,171-1,PAN,Pan,1,amazon.in,,Merchant,,,,"1,00,000.00",0,0,0,'
    '"18,000.00",-250.00,-250.00,0,-100.00,"-9,000.00",0,0,0,"1,08,400.00"\n'
    "4 May 2026 9:10:11 pm UTC,1,Order,171-2,PAN,Pan,1,amazon.in,,Merchant,,,,500.00,0,0,0,90.00,0,0,-2.50,"
    "-0.50,-45.00,0,0,0,542.00\n"
)
AFRICA = (
    '"All amounts in ZAR, unless specified"\n'
    f"{','.join(OLDER_COLUMNS)}\n"
    "15 Mar 2026 3:22:08 PM UTC,1,Order,123-1,PAN,Pan,1,amazon.co.za,Amazon,,,,199.00,0,0,0,0,0,-29.85,"
    "-20.00,0,0,149.15\n"
)


@pytest.mark.parametrize(
    ("report", "currency", "amounts"),
    [
        (
            BRAZIL,
            "BRL",
            "goods 1250.00, shipping 9.90, discount -9.90, fee -150.00, fulfilment -12.50, transfer -2500.75",
        ),
        (POLAND, "PLN", "goods 1250.50, fee -187.58, fulfilment -11.20"),
        (
            INDIA,
            "INR",
            "goods 100000.00, tax 18000.00, tax -250.00, tax -250.00, tax -100.00, fee -9000.00, "
            "goods 500.00, tax 90.00, tax -2.50, tax -0.50, fee -45.00",
        ),
        (AFRICA, "ZAR", "goods 199.00, fee -29.85, fulfilment -20.00"),
    ],
    ids=["amazon.com.br", "amazon.pl", "amazon.in", "amazon.co.za"],
)
def test_a_sites_own_report_is_read_to_the_cent(tmp_path, report, currency, amounts):
    orders = read_orders(("report.csv", report.encode()), workspace=tmp_path)
    booked = zip(*orders.entries.select(["part", "amount"]).to_pydict().values(), strict=True)
    assert ", ".join(f"{part} {amount:.2f}" for part, amount in booked) == amounts
    (file,) = orders.report.files
    assert (file.rejected, file.reconciled, file.unclassified) == (0, True, {})
    assert set(orders.entries["currency"].to_pylist()) == {currency}


def test_brazils_clock_and_what_it_holds_back(tmp_path):
    orders = read_orders(("report.csv", BRAZIL.encode()), workspace=tmp_path)
    sold, moved = (
        orders.entries.filter(pc.equal(orders.entries["event"], event)) for event in ("sale", "account")
    )
    assert {str(at) for at in sold["posted_at"].to_pylist()} == {"2026-09-03 06:59:00+00:00"}
    assert (set(sold["deferred"].to_pylist()), moved["deferred"].to_pylist()) == ({True}, [False])
    assert "321" not in orders.entries.to_pandas().to_csv()


@pytest.mark.parametrize(
    ("cell", "text", "column"),
    [
        ("product_sales", "12,5", "product sales"),
        ("total", "much", "total"),
        ("date/time", "yesterday", "date/time"),
        ("date/time", "Jan 5, 1970 11:03:05 AM PST", "date/time"),
        ("quantity", "two", "quantity"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, cell, text, column):
    report = read(row(), row(**{cell: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[5, column]]


def test_amounts_that_do_not_fit_the_table_together_set_their_row_aside(read):
    huge = dict.fromkeys(("product sales", "shipping credits", "other"), "900000000000")
    report = read(row(), row(**huge)).report
    assert report.rejected["reason"].tolist() == ["makes a trillion or more with the row's other amounts"]


def test_rows_that_two_overlapping_reports_hold_count_once(tmp_path: Path):
    twice, later = row(), row(order_id="111-0000000-0000002")
    # Status and settlement change between two downloads of one transaction.
    again = {name: cell for name, cell in twice.items() if name != "settlement id"}
    again |= {"Transaction Status": "Deferred"}
    files = [("one.csv", written(twice, twice)), ("two.csv", written(again, again, later))]
    reports = read_orders(files, workspace=tmp_path).report.files
    assert [(file.accepted, file.duplicates) for file in reports] == [(2, 0), (1, 2)]


def test_a_transaction_counts_once_in_older_and_newer_columns(tmp_path: Path):
    older = row(**{"sales tax collected": "8.00", "Marketplace Facilitator Tax": "-8.00"})
    newer = {"product sales tax": "7.50", "shipping credits tax": "0.50", "marketplace withheld tax": "-8.00"}
    files = [("older.csv", written(older, columns=OLDER_COLUMNS)), ("newer.csv", written(row(**newer)))]
    reports = read_orders(files, workspace=tmp_path).report.files
    assert [(file.accepted, file.duplicates) for file in reports] == [(1, 0), (0, 1)]


def test_a_transaction_that_its_settlement_holds_counts_there(tmp_path: Path):
    open_ = row(order_id="111-0000000-0000002", **{"settlement id": "12000000002"})
    files = [
        ("transactions.csv", written(row(), open_)),
        ("settlement.txt", settlement(summary("84.00"), settlement_row())),
    ]
    orders = read_orders(files, workspace=tmp_path)
    assert [(file.accepted, file.duplicates) for file in orders.report.files] == [(1, 1), (2, 0)]
    assert sorted(orders.table["order_id"]) == ["111-0000000-0000001", "111-0000000-0000002"]
