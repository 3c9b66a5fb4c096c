"""Advertising reports of four platforms made up at random, each with what it holds: see generated_orders."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.orders.generated_truth import (
    GeneratedFile,
    Row,
    Style,
    amount,
    in_order,
    styles,
    with_bad,
    written,
)


class Spent(NamedTuple):
    """What a part of a campaign cost, in cents; the claims are None where the report leaves them open."""

    campaign: str
    part: int
    starts_on: date
    ends_on: date
    spend: int
    clicks: int
    orders: int | None
    revenue: int | None


@dataclass(frozen=True)
class Language:
    """How a platform heads its columns, and the encodings that have the letters."""

    columns: Mapping[str, str]
    """By what it calls a column in English."""
    encodings: tuple[str, ...]
    total: str = "Total: Account"

    def written(self, columns: list[str], rows: Iterable[Row], style: Style, top: str = "") -> bytes:
        """Rows by the columns in English, as a file in this language."""

        def in_words(row: Row) -> Row:
            return {self.columns.get(column, column): cell for column, cell in row.items()}

        return written(list(in_words(dict.fromkeys(columns, ""))), map(in_words, rows), style, top=top)


_UNICODE = ("utf-8", "utf-8-sig", "utf-16")
_WESTERN, _JAPANESE = (*_UNICODE, "cp1252"), (*_UNICODE, "cp932")
_ENGLISH = Language({}, (*_WESTERN, "cp932"))
#: A campaign may be called anything.
_CAMPAIGNS = ("Pans - auto", "Spring; pots, lids", "Total sale of pots", "=SUM(A1)", "Gesamtpaket", "40% off")
_LATEST = date(2026, 9, 1)

AMAZON = (
    _ENGLISH,
    Language(
        {
            "Date": "Datum",
            "Start Date": "Startdatum",
            "End Date": "Enddatum",
            "Currency": "Währung",
            "Campaign Name": "Kampagnen-Name",
            "Ad Group Name": "Anzeigengruppenname",
            "Country": "Land",
            "Impressions": "Impressionen",
            "Clicks": "Klicks",
            "Spend": "Ausgaben",
            "7 Day Total Sales ": "7 Tage, Umsatz gesamt (€)",
            "7 Day Total Orders (#)": "7 Tage, Aufträge gesamt (#)",
        },
        _WESTERN,
    ),
    Language(
        {
            "Date": "Fecha",
            "Start Date": "Fecha de inicio",
            "End Date": "Fecha de finalización",
            "Currency": "Divisa",
            "Campaign Name": "Nombre de campaña",
            "Country": "País",
            "Clicks": "Clics",
            "Spend": "Gasto",
            "7 Day Total Sales ": "Ventas totales de 7 días (€)",
            "7 Day Total Orders (#)": "Pedidos totales de 7 días (#)",
        },
        _WESTERN,
    ),
    Language(
        {
            "Date": "日付",
            "Start Date": "開始日",
            "End Date": "終了日",
            "Currency": "通貨",
            "Campaign Name": "キャンペーン名",
            "Country": "国",
            "Clicks": "クリック",
            "Spend": "費用",
            "7 Day Total Sales ": "広告がクリックされてから7日間の総売上高",
            "7 Day Total Orders (#)": "広告がクリックされてから7日間の合計注文数",
        },
        _JAPANESE,
    ),
    Language(
        {
            "7 Day Total Sales ": "14 Day Total Sales ",
            "7 Day Total Orders (#)": "14 Day Total Orders (#)",
            "Spend": "Cost",
        },
        _WESTERN,
    ),
)
#: Country, currency, and the site that they decide.
_SITES = (
    ("United States", "USD", "Amazon.com"),
    ("Germany", "EUR", "Amazon.de"),
    ("", "GBP", "Amazon.co.uk"),
    ("", "EUR", None),
    ("JP", "JPY", "Amazon.co.jp"),
)
META = (
    _ENGLISH,
    Language(
        {
            "Reporting starts": "Berichtsstart",
            "Reporting ends": "Berichtsende",
            "Campaign name": "Kampagnenname",
            "Ad set name": "Name der Anzeigengruppe",
            "Amount spent": "Ausgegebener Betrag",
            "Link clicks": "Link-Klicks",
            "Purchases": "Käufe",
            "Purchases conversion value": "Conversion-Wert von Käufen",
        },
        _WESTERN,
    ),
    Language(
        {
            "Reporting starts": "Début des rapports",
            "Reporting ends": "Fin des rapports",
            "Campaign name": "Nom de la campagne",
            "Ad set name": "Nom de l'ensemble de publicités",
            "Amount spent": "Montant dépensé",
            "Link clicks": "Clics sur un lien",
            "Purchases": "Achats",
            "Purchases conversion value": "Valeur de conversion des achats",
        },
        _WESTERN,
    ),
    Language(
        {
            "Reporting starts": "Inicio del informe",
            "Reporting ends": "Fin del informe",
            "Campaign name": "Nombre de la campaña",
            "Amount spent": "Importe gastado",
            "Link clicks": "Clics en el enlace",
            "Purchases": "Compras",
            "Purchases conversion value": "Valor de conversión de compras",
        },
        _WESTERN,
    ),
)
GOOGLE = (
    _ENGLISH,
    Language(
        {
            "Day": "Tag",
            "Campaign": "Kampagne",
            "Currency code": "Währungscode",
            "Cost": "Kosten",
            "Clicks": "Klicks",
            "Conv. value": "Conv.-Wert",
        },
        _WESTERN,
        "Gesamt: Konto",
    ),
    Language(
        {
            "Day": "Jour",
            "Campaign": "Campagne",
            "Currency code": "Code de la devise",
            "Cost": "Coût",
            "Clicks": "Clics",
            "Conv. value": "Valeur de conv.",
        },
        _WESTERN,
        "Total : compte",
    ),
    Language(
        {
            "Day": "Día",
            "Campaign": "Campaña",
            "Currency code": "Código de moneda",
            "Cost": "Coste",
            "Clicks": "Clics",
            "Conversions": "Conversiones",
            "Conv. value": "Valor de conv.",
        },
        _WESTERN,
        "Total: Cuenta",
    ),
)
TIKTOK = (_ENGLISH,)


@st.composite
def _spent(draw: st.DrawFn, by_day: bool) -> list[Spent]:
    """Up to eight rows, each of a part of a campaign on a day, or in one month."""
    cents, few = st.integers(0, 250_000), st.integers(0, 12_000)
    parts = st.tuples(st.sampled_from(_CAMPAIGNS), st.integers(1, 2), st.integers(0, 600 if by_day else 0))
    return [
        Spent(
            *(campaign, part, day := _LATEST - timedelta(days=before)),
            day if by_day else day + timedelta(days=29),
            *(draw(cents), draw(few)),
            *(draw(st.one_of(st.none(), few)), draw(st.one_of(st.none(), cents))),
        )
        for campaign, part, before in draw(st.lists(parts, max_size=8, unique=True))
    ]


def _holds(rows: Iterable[Spent], *of_file: Any, code: str) -> tuple[tuple[Any, ...], ...]:
    """The rows in the columns of generated_truth; `of_file` are platform, channel and kind."""
    return in_order(
        (
            *(row.starts_on, row.ends_on, *of_file, row.campaign, amount(row.spend), row.clicks),
            None if row.orders is None else float(row.orders),
            None if row.revenue is None else amount(row.revenue),
            code,
        )
        for row in rows
    )


@st.composite
def _styled(draw: st.DrawFn, languages: tuple[Language, ...]) -> tuple[Style, Language]:
    style = draw(styles(".,"))
    return style, draw(st.sampled_from([each for each in languages if style.encoding in each.encodings]))


def _figures(row: Spent, style: Style, columns: tuple[str, str, str, str], none: str = "") -> Row:
    """A row's spend, clicks and claims, under these columns; `none` stands where there is nothing."""

    def count(number: int) -> str:
        return style.money(number * 100)[:-3]

    spend, clicks, orders, revenue = columns
    return {
        spend: style.money(row.spend) if row.spend else none,
        clicks: count(row.clicks),
        orders: none if row.orders is None else count(row.orders),
        revenue: none if row.revenue is None else style.money(row.revenue),
    }


@st.composite
def amazon_ads(draw: st.DrawFn) -> GeneratedFile:
    """A report of the advertising console, by day or of a month, by ad group."""
    style, language = draw(_styled(AMAZON))
    country, code, site = draw(st.sampled_from(_SITES))
    by_day = draw(st.booleans())
    form = "%b %d, %Y" if language is _ENGLISH else "%Y-%m-%d"
    truth = draw(_spent(by_day))
    rows: list[Row] = [
        {
            "Date": f"{row.starts_on:{form}}",
            "Start Date": f"{row.starts_on:{form}}",
            "End Date": f"{row.ends_on:{form}}",
            "Portfolio name": "No Portfolio",
            "Currency": code,
            "Campaign Name": row.campaign,
            "Ad Group Name": f"Group {row.part}",
            "Country": country,
            "Impressions": "1204",
            **_figures(row, style, ("Spend", "Clicks", "7 Day Total Orders (#)", "7 Day Total Sales ")),
            "Total Advertising Cost of Sales (ACOS) ": "12%",
        }
        for row in truth
    ]
    bad = [with_bad(row, "Spend") for row in rows[: draw(st.integers(0, 2))]]
    columns = ["Date"] if by_day else ["Start Date", "End Date"]
    columns += ["Portfolio name", "Currency", "Campaign Name", "Ad Group Name", "Country", "Impressions"]
    columns += ["Clicks", "Spend", "7 Day Total Sales ", "Total Advertising Cost of Sales (ACOS) "]
    content = language.written([*columns, "7 Day Total Orders (#)"], [*rows, *bad], style)
    holds = _holds(truth, "Amazon Ads", site, "marketplace", code=code)
    return GeneratedFile("report.csv", content, "spend", len(rows) + len(bad), len(bad), holds)


@st.composite
def meta_ads(draw: st.DrawFn) -> GeneratedFile:
    """Ads Manager's table by day or of a month, perhaps with its row of sums."""
    style, language = draw(_styled(META))
    code = draw(st.sampled_from(["USD", "EUR", "JPY"]))
    by_day, is_summed = draw(st.booleans()), draw(st.booleans())
    spend = f"{language.columns.get('Amount spent', 'Amount spent')} ({code})"
    truth = draw(_spent(by_day))
    rows: list[Row] = [
        {
            "Reporting starts": row.starts_on.isoformat(),
            "Reporting ends": row.ends_on.isoformat(),
            "Campaign name": row.campaign,
            "Ad set name": f"Set {row.part}",
            "Impressions": "1204",
            "Results": "31",
            **_figures(row, style, (spend, "Link clicks", "Purchases", "Purchases conversion value")),
        }
        for row in truth
    ]
    bad = [with_bad(row, spend) for row in rows[: draw(st.integers(0, 2))]]
    columns = ["Reporting starts", "Reporting ends", "Campaign name", "Ad set name", "Impressions", "Results"]
    columns += [spend, "Link clicks", "Purchases", "Purchases conversion value"]
    total = dict.fromkeys(columns, "") | {
        "Reporting starts": "2024-01-01",
        "Reporting ends": "2026-09-30",
        spend: style.money(sum(row.spend for row in truth)),
    }
    content = language.written(columns, [*[total] * is_summed, *rows, *bad], style)
    holds = _holds(truth, "Meta Ads", None, "owned", code=code)
    return GeneratedFile("ads.csv", content, "spend", len(rows) + len(bad), len(bad), holds)


@st.composite
def google_ads(draw: st.DrawFn) -> GeneratedFile:
    """The campaign report with its title and dates above and its totals below, by day or of a month."""
    style, language = draw(_styled(GOOGLE))
    code, by_day = draw(st.sampled_from(["USD", "EUR", "CAD"])), draw(st.booleans())
    truth = draw(_spent(by_day))
    rows: list[Row] = [
        {
            "Day": row.starts_on.isoformat(),
            "Campaign status": "Enabled",
            "Campaign": row.campaign,
            "Ad group": f"Group {row.part}",
            "Currency code": code,
            "Impr.": "1204",
            **_figures(row, style, ("Cost", "Clicks", "Conversions", "Conv. value"), "--"),
        }
        for row in truth
    ]
    bad = [with_bad(row, "Cost") for row in rows[: draw(st.integers(0, 2))]]
    first = "Day" if by_day else "Campaign status"
    columns = [first, "Campaign", "Ad group", "Currency code", "Impr.", "Cost", "Clicks", "Conversions"]
    total = dict.fromkeys([*columns, "Conv. value"], "--") | {first: language.total}
    total["Cost"] = style.money(sum(row.spend for row in truth))
    day = "September 1, 2026"
    top = f'Campaign report{style.line_end}"{day} - {day.replace(" 1,", " 30,")}"{style.line_end}'
    content = language.written([*columns, "Conv. value"], [*rows, *bad, total], style, top)
    holds = _holds(truth, "Google Ads", None, "owned", code=code)
    return GeneratedFile("Campaign report.csv", content, "spend", len(rows) + len(bad), len(bad), holds)


@st.composite
def tiktok_ads(draw: st.DrawFn) -> GeneratedFile:
    """Ads Manager's report by day and ad group, its currency in a column or in the header of the cost."""
    style, language = draw(_styled(TIKTOK))
    code, in_header = draw(st.sampled_from(["USD", "EUR", "GBP"])), draw(st.booleans())
    cost = f"Cost ({code})" if in_header else "Cost"
    truth = draw(_spent(by_day=True))
    rows: list[Row] = [
        {
            "Date": row.starts_on.isoformat(),
            "Campaign name": row.campaign,
            "Ad group name": f"Group {row.part}",
            "Currency": code,
            "Clicks (all)": "19",
            **_figures(
                row,
                style,
                (cost, "Clicks (destination)", "Complete payment", "Total complete payment value"),
                "-",
            ),
        }
        for row in truth
    ]
    bad = [with_bad(row, cost) for row in rows[: draw(st.integers(0, 2))]]
    columns = ["Date", "Campaign name", "Ad group name", *([] if in_header else ["Currency"]), cost]
    columns += ["Clicks (all)", "Clicks (destination)", "Complete payment", "Total complete payment value"]
    total = dict.fromkeys(columns, "") | {"Date": f"Total of {len(rows)} results", cost: "12.00"}
    content = language.written(columns, [*rows, *bad, total], style)
    holds = _holds(truth, "TikTok Ads", None, "owned", code=code)
    return GeneratedFile("tiktok.csv", content, "spend", len(rows) + len(bad), len(bad), holds)
