"""Advertising reports of Amazon, Meta, Google and TikTok: what was spent when, and what they claim for it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import SPEND, Orders, read_orders, save_orders, saved_orders
from ownchannel.workspace import Workspace

AMAZON = (
    "Date,Currency,Campaign Name,Ad Group Name,Country,Clicks,Spend,7 Day Total Sales ,7 Day Total Orders (#)"
)
META = (
    "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Results,Purchases,"
    "Purchases conversion value"
)
GOOGLE = "Day,Campaign,Currency code,Impr.,Clicks,Cost,Conversions,Conv. value"
TIKTOK = "Date,Campaign name,Cost,Currency,Clicks (destination),Conversions,Total complete payment value"


def table(header: str, *rows: str, above: str = "") -> bytes:
    return "\n".join([*filter(None, [above]), header, *rows, ""]).encode()


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        orders = read_orders(named, workspace=tmp_path)
        for file in orders.report.files:
            assert file.rows_in == file.accepted + file.rejected + file.duplicates
            assert all(split["in"] == split["accepted"] + split["rejected"] for split in file.money.values())
            assert not any("do not add up" in warning for warning in file.warnings)
        return orders

    return reading


def spent(orders: Orders) -> list[tuple[str, str, str]]:
    """First day, campaign and spend of every row that counts."""
    return [
        (str(row["starts_on"]), row["campaign"], f"{row['spend']:.2f}") for row in orders.spend.to_pylist()
    ]


def why(orders: Orders) -> list[str]:
    """Why rows were set aside."""
    assert not len(orders.spend)
    return orders.report.rejected["reason"].tolist()


# ---------------------------------------------------------------- what a row holds


def test_a_row_of_amazons_report(read):
    orders = read(
        table(AMAZON, '"Mar 01, 2026",USD,Pans - auto,Group 1,United States,"1,041",$12.34,$50.00,3')
    )
    (row,) = orders.spend.to_pylist()
    assert orders.report.files[0].warnings == ()
    assert row == {
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 1),
        "platform": "Amazon Ads",
        "channel": "Amazon.com",
        "kind": "marketplace",
        "campaign": "Pans - auto",
        "spend": Decimal("12.34"),
        "clicks": 1041,
        "claimed_orders": 3,
        "claimed_revenue": 50,
        "currency": "USD",
        "source_file": "0.csv",
        "source_row": 2,
    }
    assert [*row] == SPEND.names


@pytest.mark.parametrize(
    ("country", "code", "site"),
    [
        ("Germany", "EUR", "Amazon.de"),
        ("España", "EUR", "Amazon.es"),
        ("IT", "EUR", "Amazon.it"),
        ("Belgium", "EUR", "Amazon.com.be"),
        ("United Kingdom", "GBP", "Amazon.co.uk"),
        ("", "JPY", "Amazon.co.jp"),
        ("", "CAD", "Amazon.ca"),
        ("", "EUR", None),
        ("Nowhere", "USD", None),
    ],
)
def test_the_country_or_the_currency_names_amazons_site(read, country, code, site):
    orders = read(table(AMAZON, f"2026-03-01,{code},Pans,Group 1,{country},4,12.34,,"))
    assert orders.spend["channel"].to_pylist() == [site]


def test_amazons_report_of_a_whole_period(read):
    header = AMAZON.replace("Date", "Start Date,End Date").replace("7 Day", "14 Day")
    (row,) = read(table(header, "2026-03-01,2026-03-31,USD,Pans,,,4,12.34,50.00,3")).spend.to_pylist()
    assert (row["starts_on"], row["ends_on"]) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (row["claimed_orders"], row["claimed_revenue"]) == (3, 50)
    backwards = read(table(header, "2026-03-31,2026-03-01,USD,Pans,,,4,12.34,50.00,3"))
    assert why(backwards) == ["is before the first day"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Datum;Währung;Kampagnen-Name;Klicks;Ausgaben;7 Tage, Umsatz gesamt (€);"
            "7 Tage, Aufträge gesamt (#)",
            "01.03.2026;EUR;Töpfe;1.041;1.234,50 €;2.000,00 €;3",
        ),
        (
            "Fecha;Divisa;Nombre de campaña;Clics;Gasto;Ventas totales de 7 días (€);"
            "Pedidos totales de 7 días (#)",
            "mar 01, 2026;EUR;Töpfe;1.041;€1.234,50;€2.000,00;3",
        ),
        (
            "日付;通貨;キャンペーン名;クリック;費用;広告がクリックされてから7日間の総売上高(￥);"
            "広告がクリックされてから7日間の合計注文数(#)",
            "2026年3月1日;EUR;Töpfe;1041;1234.50;2000.00;3",
        ),
        (
            "Date;Currency;Campaign name;Clicks;Total cost;Sales;Purchases",
            "2026-03-01;EUR;Töpfe;1041;1234.5;2000;3",
        ),
    ],
)
def test_amazons_report_in_other_words(read, header, row):
    (found,) = read(table(header, row)).spend.to_pylist()
    assert (found["platform"], found["campaign"], found["currency"]) == ("Amazon Ads", "Töpfe", "EUR")
    assert (found["starts_on"], found["spend"], found["clicks"]) == (
        date(2026, 3, 1),
        Decimal("1234.50"),
        1041,
    )
    assert (found["claimed_orders"], found["claimed_revenue"]) == (3, 2000)


def test_metas_header_names_the_currency_and_its_summary_row_is_no_row(read):
    orders = read(
        table(
            META,
            "2026-03-01,2026-03-31,,1254.50,,,",
            "2026-03-01,2026-03-31,Spring,1234.50,41,7,350.00",
            "2026-03-01,2026-03-31,Autumn,20,3,,",
        )
    )
    spring, autumn = orders.spend.to_pylist()
    assert (spring["platform"], spring["kind"], spring["channel"]) == ("Meta Ads", "owned", None)
    assert (spring["currency"], spring["spend"], spring["ends_on"]) == (
        "USD",
        Decimal("1234.5"),
        date(2026, 3, 31),
    )
    assert (spring["clicks"], spring["claimed_orders"], spring["claimed_revenue"]) == (None, 7, 350)
    assert (autumn["claimed_orders"], autumn["claimed_revenue"]) == (None, None)
    (report,) = orders.report.files
    assert report.rows_in == 2
    assert report.summary == "Ad spend of $1,254.50 on Meta Ads, 1 Mar to 31 Mar 2026."


def test_metas_results_are_orders_where_they_are_purchases(read):
    header = "Campaign name,Result indicator,Results,Amount spent (GBP),Reporting starts,Reporting ends"
    rows = (
        "A,actions:offsite_conversion.fb_pixel_purchase,7,20.00,2026-03-01,2026-03-01",
        "B,actions:link_click,900,30.00,2026-03-01,2026-03-01",
    )
    found = read(table(header, *rows)).spend
    assert found["claimed_orders"].to_pylist() == [7, None]
    assert found["currency"].to_pylist() == ["GBP", "GBP"]


def test_a_day_of_meta_counts_before_the_period_that_it_was_exported_for(read):
    header = f"Day,{META}"
    found = read(table(header, "2026-03-05,2026-03-01,2026-03-31,Spring,12.50,41,7,350.00")).spend
    assert (found["starts_on"][0].as_py(), found["ends_on"][0].as_py()) == (date(2026, 3, 5),) * 2


def test_googles_totals_are_no_rows_and_what_it_does_not_know_is_not_0(read):
    orders = read(
        table(
            GOOGLE,
            "2026-03-01,Brand,EUR,900,40,12.40,1.50, --",
            '2026-03-02,"Total: Brand",EUR,900,40,4.00,0.00,0.00',
            "2026-03-02,Shoes,EUR,900,40, --,0.00,0.00",
            "Total: Account,--,EUR,900,40,16.40,1.50,0.00",
            "Total: Search, --,EUR,900,40,16.40,1.50,0.00",
            ",,,,,16.40,1.50,",
            above='Campaign report\n"March 1, 2026 - March 31, 2026"',
        )
    )
    assert spent(orders) == [
        ("2026-03-01", "Brand", "12.40"),
        ("2026-03-02", "Total: Brand", "4.00"),
        ("2026-03-02", "Shoes", "0.00"),
    ]
    assert orders.spend["claimed_orders"].to_pylist() == [1.5, 0, 0]
    assert orders.spend["claimed_revenue"].to_pylist() == [None, 0, 0]
    assert orders.report.files[0].rows_in == 3


@pytest.mark.parametrize(
    "above",
    [
        'Campaign report\n"March 1, 2026 - March 31, 2026"',
        "Campaign report\nMarch 1, 2026 - March 31, 2026",
        "Rapport sur les campagnes\n1 mars 2026 - 31 mars 2026",
        "Kampagnenbericht\n1. März 2026 – 31. März 2026",
        "Informe de campaña\n1 de marzo de 2026 - 31 de marzo de 2026",
        "キャンペーン レポート\n2026/03/01 ～ 2026/03/31".replace("/", "-"),
    ],
)
def test_a_report_without_days_is_of_the_dates_above_its_header(read, above):
    header = "Campaign status,Campaign,Currency code,Impr.,Cost"
    rows = ("Enabled,Brand,CAD,900,990.00", "Total: Account,--,CAD,900,990.00")
    (row,) = read(table(header, *rows, above=above)).spend.to_pylist()
    assert (row["starts_on"], row["ends_on"]) == (date(2026, 3, 1), date(2026, 3, 31))


@pytest.mark.parametrize("above", ["", "Campaign report", "Campaign report\n03/01/2026 - 04/01/2026"])
def test_a_report_of_no_days_at_all_is_refused(read, above):
    orders = read(table("Campaign,Currency code,Impr.,Cost", "Brand,CAD,900,990.00", above=above))
    (reason,) = why(orders)
    assert "does not say when this was spent" in reason
    assert orders.report.rejected["remedy"][0].startswith("Export it by day")


@pytest.mark.parametrize(
    ("unit", "day", "last"),
    [
        ("Week", "2026-03-30", "2026-04-05"),
        ("Month", "2026-02-01", "2026-02-28"),
        ("Monat", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_week_or_a_month_of_google_is_all_of_its_days(read, unit, day, last):
    (row,) = read(table(GOOGLE.replace("Day", unit), f"{day},Brand,EUR,900,40,12.40,,")).spend.to_pylist()
    assert (str(row["starts_on"]), str(row["ends_on"])) == (day, last)


def test_tiktoks_report(read):
    rows = ("2026-03-01,Spring,12.50,GBP,80,2,17.98", "Total of 1 results,-,12.50,,80,2,17.98")
    orders = read(table(TIKTOK, *rows))
    (row,) = orders.spend.to_pylist()
    assert orders.report.files[0].rows_in == 1
    assert (row["platform"], row["kind"], row["currency"]) == ("TikTok Ads", "owned", "GBP")
    assert (row["clicks"], row["claimed_orders"], row["claimed_revenue"]) == (80, 2, Decimal("17.98"))
    header = "Date,Campaign name,Cost (EUR),Conversions,Complete payment,Clicks (destination),Clicks (all)"
    (row,) = read(table(header, "2026-03-01,Spring,12.50,9,2,80,95")).spend.to_pylist()
    assert (row["currency"], row["claimed_orders"], row["clicks"]) == ("EUR", 2, 80)


@pytest.mark.parametrize(
    "header",
    [
        "Date,Campaign name,Cost,Sales",
        "Date,Campaign name,Cost,Currency",
        "Day,Campaign,Cost",
        "Start date,Campaigns,Spend (USD),Sales (USD),Orders",
        "Date,Campaign name,Spend,Impressions,Clicks",
    ],
)
def test_a_table_of_a_brands_own_is_no_platforms_report(read, header):
    orders = read(table(header, "2026-03-01,Spring,12.50,9,2"))
    assert not orders.report.files[0].was_read


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (table(GOOGLE, "2026-03-01,Brand,EUR,900,40,-12.40,,"), "is negative"),
        (table(GOOGLE, "2026-03-01,Brand,,900,40,12.40,,"), "names no currency"),
        (table(GOOGLE, "2026-03-01,Brand,Euro,900,40,12.40,,"), "is not a currency code"),
        (table(GOOGLE, "2026-03-01,,EUR,900,40,12.40,,"), "is empty"),
        (table(GOOGLE, "2026-03-01,Brand,EUR,900,many,12.40,,"), "is not an amount that can be read"),
        (table(GOOGLE, "2026-03-01,Brand,EUR,900,4.5,12.40,,"), "is not a count"),
        (table(META.replace(" (USD)", ""), "2026-03-01,2026-03-01,Spring,12.50,41,7,"), "names no currency"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(read, content, reason):
    (found,) = why(read(content))
    assert reason in found


def test_an_amounts_sign_names_the_currency_where_nothing_else_does(read):
    header = "Day,Campaign,Impr.,Cost"
    rows = ("2026-03-01,Brand,900,€12.40", "2026-03-02,Brand,900,£1.00", "2026-03-03,Brand,900,12.40")
    orders = read(table(header, *rows))
    assert orders.spend["currency"].to_pylist() == ["EUR", "GBP"]
    assert ["names no currency" in reason for reason in orders.report.rejected["reason"]] == [True]


def test_amounts_and_days_that_can_be_read_two_ways_are_refused(read):
    orders = read(table(GOOGLE, '2026-03-01,Brand,EUR,900,40,"1.234",,'))
    assert "nothing in the file proves which" in why(orders)[0]
    days = read(table(GOOGLE, "03/04/2026,Brand,CHF,900,40,12.40,,"))
    assert "nothing in the file proves which" in why(days)[0]
    assert "mapping" not in days.report.rejected["remedy"][0]
    proven = read(table(GOOGLE, "03/04/2026,Brand,CHF,900,40,12.40,,", "13/04/2026,Brand,CHF,900,40,1.40,,"))
    assert [day for day, *_ in spent(proven)] == ["2026-04-03", "2026-04-13"]


def test_an_address_in_a_campaigns_name_is_removed(read):
    orders = read(table(GOOGLE, "2026-03-01,For jane@example.com,EUR,900,40,12.40,,"))
    assert orders.spend["campaign"].to_pylist() == ["For [address removed]"]


# ---------------------------------------------------------------- counted once


def day(number: int, spend: str = "10.00", orders: str = "1", campaign: str = "Brand") -> str:
    return f"2026-03-{number:02},{campaign},EUR,900,40,{spend},{orders},5.00"


def total(orders: Orders) -> int:
    return int(sum(orders.spend["spend"].to_pylist()))


def test_of_two_exports_the_one_that_reaches_further_counts(read):
    early = table(GOOGLE, day(1), day(2), day(2, campaign="Shoes"))
    late = table(GOOGLE, day(2, "12.00"), day(3, "13.00"))
    for files in ([early, late], [late, early]):
        orders = read(*files)
        assert sorted(spent(orders)) == [
            ("2026-03-01", "Brand", "10.00"),
            ("2026-03-02", "Brand", "12.00"),
            ("2026-03-02", "Shoes", "10.00"),
            ("2026-03-03", "Brand", "13.00"),
        ]
        assert sorted(file.duplicates for file in orders.report.files) == [0, 1]


def test_of_two_exports_that_reach_as_far_the_one_that_claims_more_counts(read):
    before, after = table(GOOGLE, day(1, "10.00", "1")), table(GOOGLE, day(1, "9.90", "4"))
    for files in ([before, after], [after, before]):
        assert spent(read(*files)) == [("2026-03-01", "Brand", "9.90")]


def test_a_longer_export_is_not_newer_than_one_of_a_single_campaign(read):
    many = table(GOOGLE, day(1), *(day(1, "1.00", "9", f"Campaign {number}") for number in range(5)))
    after = table(GOOGLE, day(1, "9.90", "4"))
    for files in ([many, after], [after, many]):
        assert ("2026-03-01", "Brand", "9.90") in spent(read(*files))


def test_a_file_twice_counts_once(read):
    content = table(GOOGLE, day(1), day(2))
    orders = read(content, content)
    assert total(orders) == 20
    assert [file.accepted for file in orders.report.files] == [2, 0]


def test_exports_pasted_together_count_once_and_the_newer_one(read):
    twice = table(GOOGLE, day(1), day(2), GOOGLE, day(2, "12.00"), day(3))
    assert spent(read(twice))[1] == ("2026-03-02", "Brand", "12.00")
    assert total(read(twice)) == 32
    assert total(read(table(GOOGLE, day(1), day(2), day(1), day(2)))) == 20


def test_parts_of_a_campaign_all_count(read):
    rows = [f"2026-03-01,USD,Pans,Group {number},,4,10.00,," for number in (1, 2, 3)]
    assert total(read(table(AMAZON, *rows))) == 30


def test_campaigns_of_one_name_on_other_sites_platforms_or_in_other_currencies_all_count(read):
    files = [table(AMAZON, f"2026-03-01,EUR,Brand,G,{country},4,10.00,,") for country in ("Germany", "Italy")]
    files += [table(GOOGLE, day(1)), table(GOOGLE, day(1).replace("EUR", "USD"))]
    files += [table(TIKTOK, "2026-03-01,Brand,10.00,EUR,80,2,17.98")]
    assert total(read(*files)) == 50


MONTH = table(
    "Campaign,Currency code,Impr.,Cost",
    "Brand,EUR,900,310.00",
    "Shoes,EUR,900,62.00",
    above='Campaign report\n"March 1, 2026 - March 31, 2026"',
)


def test_a_month_whose_days_are_all_known_counts_by_its_days(read):
    days = table(GOOGLE, *(day(number) for number in range(1, 32)))
    for files in ([MONTH, days], [days, MONTH]):
        orders = read(*files)
        assert total(orders) == 310 + 62
        assert len(orders.spend) == 31 + 1


def test_a_month_of_which_some_days_are_known_counts_as_a_month(read):
    days = table(GOOGLE, *(day(number) for number in range(20, 32)), "2026-04-01,Brand,EUR,900,40,7.00,,")
    for files in ([MONTH, days], [days, MONTH]):
        orders = read(*files)
        assert total(orders) == 310 + 62 + 7
        assert len(orders.spend) == 3
    begun = read(MONTH, table(GOOGLE, *(day(number) for number in range(1, 11))))
    assert (total(begun), len(begun.spend)) == (310 + 62, 2)


# ---------------------------------------------------------------- kept


def test_spend_is_saved_and_opened_with_the_orders(read, tmp_path):
    orders = read(table(GOOGLE, day(1), day(2)))
    place = Workspace.at(tmp_path)
    save_orders(orders, place)
    saved = saved_orders(place)
    assert saved is not None
    assert saved.spend.equals(orders.spend)


def test_spend_in_two_currencies_is_summed_up_apart(read):
    orders = read(
        table(GOOGLE, day(1), "2025-12-31,Brand,USD,900,40,2.50,,", "2025-12-31,Shoes,GBP,900,4,0.00,,")
    )
    assert (
        orders.report.files[0].summary
        == "Ad spend of €10.00 and $2.50 on Google Ads, 31 Dec 2025 to 1 Mar 2026."
    )
    assert "3 ad spend figures accepted" in orders.report.headline()
    assert str(orders.report.files[0]).count("€10.00") == 1
