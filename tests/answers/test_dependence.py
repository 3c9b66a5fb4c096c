"""The answers of workbook 01, against the functions that they rest on."""

import pytest

from ownchannel.answers import measures, over_time, own_and_rent, what_if_it_stopped
from ownchannel.customers import channel_months
from ownchannel.formats import money, round_money
from ownchannel.marketplace import Shocks, contribution_by_month, last_year, raise_fee, stop
from ownchannel.orders import read_orders, sample_orders
from ownchannel.panels import Panel
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row
from tests.orders.test_etsy import orders_export
from tests.orders.test_etsy_statement import MONTH, statement

DEAR = {"fee_rise": 0.05, "goods_cost_rate": 0.5, "marketplace_fulfilment": 8, "owned_fulfilment": 11}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory):
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="module")
def panel(orders):
    return Panel(what_if_it_stopped(orders))


@pytest.mark.parametrize(
    "moved",
    [{}, {"downtime_months": 7}, {"fee_rise": 0.04, "cash": 30_000}, {"goods_cost_rate": 0.6}],
)
def test_sentence_numbers_and_charts_are_those_of_the_settings(orders, panel, moved):
    settings = panel.question.settings_at(moved)
    months = channel_months(orders)
    in_dollars = months[months["currency"] == "USD"]
    year = last_year(contribution_by_month(in_dollars, settings), orders.sales["ordered_on"].max())
    stopped = stop(year, settings.downtime_months, settings.fixed_costs, settings.cash)
    rise = raise_fee(year, settings.fee_rise)
    answer = panel.at(**moved)
    verb = "save" if stopped.lost < 0 else "miss"
    assert f"{verb} about **{round_money(abs(stopped.lost), 'USD')}**" in answer.sentence
    numbers = dict(answer.numbers)
    assert numbers["Contribution missed during the stop"] == money(stopped.lost, "USD")
    assert numbers["Lowest cash in two years"] == money(stopped.lowest, "USD")
    assert numbers[f"Fee {100 * settings.fee_rise:g} percentage points higher, per year"] == money(
        -rise.cost, "USD"
    )
    cash, _, _, fee = answer.charts
    assert list(cash.figure.data[1].y) == pytest.approx(stopped.stopped.tolist())
    assert list(fee.figure.data[1].y) == pytest.approx([rise.after])


def test_the_panel_goes_back_to_where_it_stood(panel):
    before = panel.answer.sentence
    panel.at(downtime_months=12)
    assert panel.answer.sentence == before


def test_cash_that_runs_out_is_said_with_its_month(panel):
    gone = panel.at(downtime_months=12, cash=1_000)
    assert gone.sentence.endswith("your cash would run out in **month 1**.")
    assert dict(gone.numbers)["Cash runs out without marketplaces"] == "month 1"
    either_way = panel.at(goods_cost_rate=0.8).sentence
    assert either_way.endswith("would run out in **month 2**, with or without the stop.")
    lasting = panel.at(fixed_costs=0)
    assert dict(lasting.numbers)["Cash runs out without marketplaces"] == "not in 2 years"


def test_every_setting_is_documented(panel):
    table = panel.question.documentation().table
    assert len(table) == len(Shocks.declared()) - len(panel.question.hidden)
    assert table.notna().all(axis=None)
    groups = [group for tab in panel.controls.tabs for group in tab["groups"]]
    shown = [row["label"] for group in groups for row in group["rows"]]
    assert sorted(setting.rpartition(": ")[2] for setting in table["Setting"]) == sorted(shown)


def test_the_still_answers_read_as_sentences(orders):
    assert own_and_rent(orders).plain_sentence == (
        "In the last twelve months you owned 36% of your revenue and rented 64% from marketplaces. You know "
        "who placed 30% of the orders in your files and may write to 1,195 customers. 61% of orders show "
        "only an anonymous ID."
    )
    assert over_time(orders).plain_sentence == (
        "Marketplaces brought 64% of your revenue in the last twelve months and 73% in the twelve before. By "
        "September 2026 you know 2,203 customers and may write to 1,195 of them; marketplaces show 5,862 "
        "more as anonymous IDs."
    )
    assert measures(orders).sentence.startswith("In all your files, 68% of $635,604 revenue comes through")
    assert "not measurable from these files" in measures(orders).table["Based on"].to_string()


def test_sliders_suit_the_size_of_the_brand_and_its_coin(tmp_path):
    rows = [
        amazon_row(amazon_order_id=f"503-0000000-{i:07}", currency="JPY", item_price="8000")
        for i in range(600)
    ]
    ends = amazon_row(amazon_order_id="503-1", currency="JPY", purchase_date="2026-03-31T05:00:00+00:00")
    orders = read_orders(("report.txt", amazon(*rows, ends)), workspace=tmp_path)
    question = what_if_it_stopped(orders)
    settings = question.settings
    assert settings.marketplace_fulfilment == 600
    assert settings.cash == 1_200_000
    assert settings.marketplace_fee_rate == Shocks().marketplace_fee_rate
    assert question.numbers["cash"][1].slider == (0, 10_000_000)


def day(number: int, month: int = 3) -> str:
    return f"2026-{month:02}-{number:02}T12:00:00+00:00"


A_MONTH = [amazon_row(amazon_order_id=f"111-0000000-{d:07}", purchase_date=day(d)) for d in (1, 15, 31)]
BRANDS = {
    "marketplace only": [("a.txt", amazon(*A_MONTH))],
    "own store only": [
        ("s.csv", shopify(*(shopify_row({"Name": f"#{d}", "Created at": day(d)}) for d in (1, 15, 31))))
    ],
    "two currencies": [("a.txt", amazon(*A_MONTH, amazon_row(amazon_order_id="9", currency="EUR")))],
    "everything refunded": [
        (
            "s.csv",
            shopify(
                *(
                    shopify_row({"Name": f"#{d}", "Created at": day(d), "Refunded Amount": "84.00"})
                    for d in (1, 31)
                )
            ),
        )
    ],
}


@pytest.mark.parametrize("name", BRANDS)
def test_every_page_has_an_answer_for_brands_of_every_kind(name, tmp_path):
    orders = read_orders(BRANDS[name], workspace=tmp_path)
    panel = Panel(what_if_it_stopped(orders))
    answers = [own_and_rent(orders), over_time(orders), measures(orders), panel.answer]
    answers += [panel.at(downtime_months=12, fee_rise=0.15)]
    assert all("nan" not in str(answer) for answer in answers)


def test_the_sentence_fits_a_brand_on_one_side_alone(tmp_path):
    rented, owned = (
        Panel(what_if_it_stopped(read_orders(BRANDS[name], workspace=tmp_path)))
        for name in ("marketplace only", "own store only")
    )
    assert rented.answer.plain_sentence.startswith(
        "All of your revenue in the only complete month of your files came through Amazon.com. If it stopped "
        "on Monday for 3 months, you would miss about $"
    )
    assert any("Start a store of your own" in step for step in rented.answer.next_steps)
    assert owned.answer.plain_sentence.startswith(
        "None of your revenue in the only complete month of your files came through a marketplace. As things "
        "are, your cash would "
    )
    assert len(owned.answer.numbers) == 2
    assert owned.question.first == [
        *("cash", "fixed_costs", "goods_cost_rate", "owned_ad_rate", "owned_fulfilment"),
    ]
    whole = own_and_rent(read_orders(BRANDS["own store only"], workspace=tmp_path)).plain_sentence
    assert "you owned all of your revenue: none came through a marketplace" in whole


def test_the_share_of_all_files_stands_beside_that_of_the_last_year(panel):
    (label, value), *_ = panel.answer.numbers
    assert (label, value) == ("Revenue through marketplaces, last 12 months (all files: 68%)", "64%")


@pytest.mark.parametrize(
    ("moved", "first_step"),
    [
        ({}, "**Keep about $8,800 in the bank**"),
        ({"downtime_months": 6}, "**Close the gap of about $4,700** while sales are good"),
        ({"fixed_costs": 0}, "**Cash is not your weak spot**"),
        (DEAR, "**Stop the leak first**: even without a stop your cash runs out in month 7."),
    ],
)
def test_what_to_do_next_follows_from_the_cash(panel, moved, first_step):
    steps = panel.at(**moved).next_steps
    assert steps[0].startswith(first_step)
    assert 2 <= len(steps) <= 3


def test_orders_that_lose_money_are_looked_at_before_the_store_grows(panel):
    steps = panel.at(goods_cost_rate=0.8).next_steps
    assert "Find out why marketplace orders lose money" in steps[1]
    assert "Raise prices or cut advertising" in panel.at(goods_cost_rate=0.6).next_steps[1]


def test_money_left_out_is_said(tmp_path):
    orders = read_orders(BRANDS["two currencies"], workspace=tmp_path)
    assert "Sales in EUR are left out" in " ".join(own_and_rent(orders).notes)


def test_contribution_says_which_fees_it_is_after(panel, tmp_path):
    grounds = panel.answer.how_we_know
    assert (
        "Fees as booked for 99% of revenue, assumed for the rest; goods, advertising and your own parcels at "
        "your settings."
    ) in grounds
    assert "Your files show these costs, so they have no slider: card fee." in grounds
    assert panel.answer.notes == ("Amounts are in USD. Sales in EUR are left out.",)
    assert set(panel.answer.table["Fees assumed"]) == {"$0"}
    assert str(panel.at(owned_payment_rate=0.024)) == str(panel.answer)
    # eBay's month alone has no booked fees, and lies before the last twelve months.
    lower = panel.at(marketplace_fee_rate=0.08)
    assert (lower.sentence, lower.numbers) == (panel.answer.sentence, panel.answer.numbers)
    assert str(lower) != str(panel.answer)
    assumed = Panel(what_if_it_stopped(read_orders(BRANDS["marketplace only"], workspace=tmp_path)))
    assert "Assumed fees; goods, advertising and your own parcels" in str(assumed.answer.how_we_know)
    assert all(name.startswith("owned_") for name in assumed.question.hidden)


def test_files_that_cover_no_whole_month_answer_what_they_can(tmp_path):
    orders = read_orders(("a.txt", amazon(amazon_row())), workspace=tmp_path)
    panel = Panel(what_if_it_stopped(orders))
    assert panel.answer.plain_sentence == (
        "All of your revenue so far came through Amazon.com. Your files cover no complete month, so what a "
        "stop would cost cannot be said yet."
    )
    assert panel.at(downtime_months=6).sentence == panel.answer.sentence
    assert "at least one whole month" in panel.answer.next_steps[0]


def test_what_etsy_leaves_out_is_named_until_its_statement_is_read(tmp_path):
    months = [{"Order ID": f"300{month}", "Sale Date": f"0{month}/01/26"} for month in range(1, 7)]
    exports = [("orders.csv", orders_export(*months))]
    for files, is_named in ((exports, True), ([*exports, ("statement.csv", statement(*MONTH))], False)):
        found = what_if_it_stopped(read_orders(files, workspace=tmp_path))
        notes = found.answer_at().how_we_know
        assert any("Etsy's exports include its card fee" in note for note in notes) == is_named
