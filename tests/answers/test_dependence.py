"""The answers of workbook 01, against the functions that they rest on."""

import pytest

from ownchannel.answers import measures, over_time, own_and_rent, what_if_it_stopped
from ownchannel.customers import channel_months
from ownchannel.formats import money
from ownchannel.marketplace import Shocks, contribution_by_month, last_year, raise_fee, stop
from ownchannel.orders import read_orders, sample_orders
from ownchannel.panels import Panel
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row


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
    assert f"{'save' if stopped.lost < 0 else 'miss'} **${abs(stopped.lost):,.0f}**" in answer.sentence
    assert f"${rise.cost:,.0f}" in answer.sentence
    assert dict(answer.numbers)["Lowest cash"] == money(stopped.lowest, "USD")
    cash, _, _, fee = answer.charts
    assert list(cash.figure.data[1].y) == pytest.approx(stopped.stopped.tolist())
    assert list(fee.figure.data[1].y) == pytest.approx([rise.after])


def test_the_panel_goes_back_to_where_it_stood(panel):
    before = panel.answer.sentence
    panel.at(downtime_months=12)
    assert panel.answer.sentence == before


def test_cash_that_runs_out_is_said_with_its_month(panel):
    assert "would be gone **in month " in panel.at(downtime_months=12, cash=1_000).sentence
    assert "it would last **more than two years**" in panel.at(fixed_costs=0).sentence


def test_every_setting_is_documented(panel):
    table = panel.question.documentation().table
    assert len(table) == len(Shocks.declared()) - len(panel.question.hidden)
    assert table.notna().all(axis=None)
    groups = [group for tab in panel.controls.tabs for group in tab["groups"]]
    shown = [row["label"] for group in groups for row in group["rows"]]
    assert sorted(setting.rpartition(": ")[2] for setting in table["Setting"]) == sorted(shown)


def test_the_still_answers_read_as_sentences(orders):
    assert own_and_rent(orders).plain_sentence == (
        "You rent 68% of your revenue from marketplaces, and you know who bought in 30% of your orders. In a "
        "further 61% you can tell one buyer from another, but not who it is."
    )
    assert over_time(orders).plain_sentence == (
        "By September 2026 you know 2,203 customers and may write to 1,195 of them; on marketplaces you can "
        "tell 5,796 more apart, without knowing who they are."
    )
    assert "not measurable from these files" in measures(orders).table["Rests on"].to_string()


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


def test_money_left_out_is_said(tmp_path):
    orders = read_orders(BRANDS["two currencies"], workspace=tmp_path)
    assert "Sales in EUR are not in it" in " ".join(own_and_rent(orders).notes)


def test_contribution_says_which_fees_it_is_after(panel, tmp_path):
    first, *_ = panel.answer.notes
    assert first == "Fees as booked; goods, advertising and parcels that you pay for at your settings."
    assert "No slider, because your files tell it: referral fee, card fee." in panel.answer.notes
    assert set(panel.answer.table["Fees assumed"]) == {"$0"}
    assert str(panel.at(marketplace_fee_rate=0.08, owned_payment_rate=0.024)) == str(panel.answer)
    assumed = Panel(what_if_it_stopped(read_orders(BRANDS["marketplace only"], workspace=tmp_path)))
    assert assumed.answer.notes[0].startswith("The fee table; goods")
    assert assumed.question.hidden == ()


def test_files_that_cover_no_whole_month_say_so_in_place_of_the_answer(tmp_path):
    orders = read_orders(("a.txt", amazon(amazon_row())), workspace=tmp_path)
    panel = Panel(what_if_it_stopped(orders))
    with pytest.raises(ValueError, match="No month is complete in these files"):
        _ = panel.answer
    assert "No month is complete" in repr(panel)
