"""The what-if of workbook 03, against the functions that it rests on."""

import time
from dataclasses import replace

import pytest

from ownchannel.answers import what_if_more_returned
from ownchannel.answers._starting_settings import customers_within_reach  # inside: no answer says it alone
from ownchannel.customers import time_to_second_order
from ownchannel.formats import money, percent, round_money
from ownchannel.orders import read_orders, sample_orders
from ownchannel.outreach import ComingBack, gain
from ownchannel.panels import Panel
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory):
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="module")
def panel(orders):
    return Panel(what_if_more_returned(orders))


@pytest.mark.parametrize(
    "moved", [{}, {"points": 0.1}, {"days_sooner": 45, "new_customers": 300}, {"order_value": 90}]
)
def test_sentence_numbers_and_charts_are_those_of_the_settings(panel, moved):
    settings = panel.question.settings_at(moved)
    found = gain(settings.today, settings.changed, settings.new_customers)
    answer = panel.at(**moved)
    for orders in (found.before, found.after):
        assert round_money(orders.sum() * settings.order_value, "USD", digits=3) in answer.sentence
    label = f"Repeat orders in two years, instead of {found.before.sum():,.0f}"
    assert dict(answer.numbers)[label] == f"{found.after.sum():,.0f}"
    revenue, parts, by_age, _ = answer.charts
    assert list(revenue.figure.data[1].y) == pytest.approx((found.after * settings.order_value).tolist())
    assert list(parts.figure.data[1].y) == pytest.approx((found.earlier * settings.order_value).tolist())
    assert by_age.figure.data[0].y[-1] == pytest.approx(100 * settings.today.in_the_end, rel=0.01)
    lasting = settings.left_by_order * (settings.changed.in_the_end - settings.today.in_the_end)
    assert dict(answer.numbers)["Most you can pay per new customer for more returns"] == money(
        lasting, "USD", 2
    )


def test_the_page_says_that_a_shorter_interval_brings_the_same_orders_forward(panel):
    only_sooner = "Share of the gain that only comes sooner"
    sooner = panel.at(points=0, days_sooner=30)
    assert (
        "as today 100, only sooner 100, changed 100. Returning sooner adds none." in sooner.charts[2].caption
    )
    assert "in 100" not in sooner.sentence
    assert "If they returned **30 days** sooner" in sooner.sentence
    assert dict(sooner.numbers)[only_sooner] == "100%"
    assert "Further" not in sooner.charts[1].caption
    assert any("not on how soon" in step for step in sooner.next_steps)
    more = panel.at(points=0.05, days_sooner=0)
    assert "sooner" not in more.charts[1].caption
    assert "sooner" not in more.sentence
    assert dict(more.numbers)[only_sooner] == "0%"
    assert not any("not on how soon" in step for step in more.next_steps)
    neither = panel.at(points=0, days_sooner=0)
    assert "As things are, new customers bring about" in neither.sentence
    assert dict(neither.numbers)[only_sooner] == "no gain"


def test_kinds_of_customer(panel):
    settings = panel.question.settings
    table = panel.at(friends=2).table.set_index("Customer")["Orders in two years"].astype(float)
    assert table["One-time buyer"] == 1
    assert table["Loyal customer"] == pytest.approx(1 + settings.today.repeats_of_the_loyal(730.5), abs=0.005)
    brought = table["Referring customer"] - table["Loyal customer"]
    assert brought == pytest.approx(2 * table["Average new customer, as today"], abs=0.02)
    assert table["Average new customer, changed"] > table["Average new customer, as today"]


def test_sliders_start_at_what_the_orders_tell(panel):
    settings = panel.question.settings
    declared = {name: mark for name, (_, mark) in panel.question.numbers.items()}
    assert (settings.first_rate, settings.later_rate, settings.interval) == (0.41, 0.59, 100)
    assert declared["first_rate"].source == (
        "Measured: Kaplan-Meier curve of your orders on Shopify, by day 711, 95% range"
    )
    assert settings.new_customers == pytest.approx(1357 / 12, abs=0.5)
    measured = {name for name, mark in declared.items() if mark.confidence == "measured"}
    assert measured == {"first_rate", "later_rate", "interval", "new_customers", "order_value"}
    assert not any("lies outside" in note for note in panel.answer.notes)
    assert ComingBack().first_rate == 0.25


def test_it_is_said_how_well_the_model_fits_the_brands_own_past(panel):
    assert panel.answer.how_we_know[2].endswith(
        "the model predicts 1,374 repeat orders until today, and there were 1,438."
    )


def test_who_comes_back_is_answered_first_and_is_the_repeat_rate(orders, panel):
    assert panel.answer.plain_sentence == (
        "About 38% of new customers on Shopify and 20% on Amazon.com order again within a year. If 3 more "
        "customers in 100 returned after each order, and 20 days sooner, repeat orders would bring about "
        "$124,000 in two years instead of $102,000."
    )
    curves = time_to_second_order(orders).curves
    rate = curves["Shopify"].returned_by(365)
    label, value = panel.answer.numbers[0]
    assert value == percent(rate.share) == "38%"
    assert label == (f"Repeat rate within a year, Shopify ({percent(rate.lower)} to {percent(rate.upper)})")
    assert curves["Etsy"].repeat_rate() is None  # watched for a month
    assert rate.share < panel.question.settings.first_rate  # which has no end


def test_next_steps_follow_from_the_answer(panel):
    test, write = panel.answer.next_steps
    assert test.startswith("**Test it on half of your new customers**")
    most = dict(panel.answer.numbers)["Most you can pay per new customer for more returns"]
    assert f"Spend at most {most} per new customer" in test
    assert write.startswith("**Write to customers on Shopify who are silent after 52 days**")
    assert "loses money" in panel.at(left_by_order=-1).next_steps[0]
    assert any(
        "Move “More customers return”" in step for step in panel.at(points=0, days_sooner=0).next_steps
    )


def test_impossible_settings_are_said_in_place_of_the_answer(panel):
    with pytest.raises(ValueError, match="110% of new customers would return"):
        panel.at(first_rate=1, points=0.1)
    with pytest.raises(ValueError, match="after 100 days on average and cannot return 200 days sooner"):
        panel.at(days_sooner=200)
    assert "If **3 more customers in 100** returned after each order" in panel.answer.sentence


def test_every_setting_is_documented(panel):
    assert len(panel.question.documentation().table) == len(ComingBack.declared())


def test_a_move_is_answered_at_once(panel):
    panel.at(points=0.01)
    best = min(_seconds(lambda points=points: panel.at(points=points)) for points in (0.01, 0.02, 0.04))
    assert best < 2 * 0.060  # there and back


def _seconds(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


# ---------------------------------------------------------------- brands of every kind


def day(number: int, month: int = 3) -> str:
    return f"2026-{month:02}-{number:02}T12:00:00+00:00"


def own_store(customers: int) -> bytes:
    return shopify(
        *(
            shopify_row(
                {"Name": f"#{n}", "Email": f"b{n % customers}@example.com", "Created at": day(d, month)}
            )
            for n, (d, month) in enumerate((d, month) for month in (1, 2, 3) for d in range(1, 29))
        )
    )


BRANDS = {
    "marketplace without keys": [("a.txt", amazon(*(amazon_row(amazon_order_id=f"1-{d}") for d in (1, 2))))],
    "one customer": [("s.csv", own_store(1))],
    "nobody comes back": [("s.csv", own_store(10_000))],
    "everybody comes back": [("s.csv", own_store(40))],
    "one order": [("s.csv", shopify(shopify_row()))],
    "everything refunded": [
        (
            "s.csv",
            shopify(
                *(
                    shopify_row({"Name": f"#{d}", "Created at": day(d), "Refunded Amount": "84.00"})
                    for d in range(1, 32)
                )
            ),
        )
    ],
}


def shops(tmp_path, customers: int = 40, **returned: int):
    """Shops of so many customers each, watched for 365 days; some of them bought again on the tenth."""
    bought = [
        (shop, who, date)
        for shop, back in returned.items()
        for date, many in (("2025-01-01", customers), ("2025-01-11", back), ("2026-01-01", 1))
        for who in range(many)
    ]
    lines = [f"{n},{date},20.00,{shop} {who},{shop}" for n, (shop, who, date) in enumerate(bought)]
    columns = {"order_id": "Order", "ordered_at": "Date", "item_value": "Amount", "currency": "EUR"}
    table = "\n".join(["Order,Date,Amount,Who,Shop", *lines]).encode()
    return read_orders(("till.csv", table), columns | {"customer": "Who", "channel": "Shop"}, tmp_path)


@pytest.mark.parametrize("name", BRANDS)
def test_the_panel_has_an_answer_for_brands_of_every_kind(name, tmp_path):
    panel = Panel(what_if_more_returned(read_orders(BRANDS[name], workspace=tmp_path)))
    for answer in (panel.answer, panel.at(points=0.01, days_sooner=0, friends=3)):
        assert "nan" not in str(answer)
    for field, (value, mark) in panel.question.numbers.items():
        assert mark.valid[0] <= mark.slider[0] <= value <= mark.slider[1], field


@pytest.mark.parametrize(("returned", "points"), [(97, 0.03), (98, 0.0)])
def test_three_points_more_come_back_where_so_many_are_left(tmp_path, returned, points):
    settings = what_if_more_returned(shops(tmp_path, customers=100, Till=returned)).settings
    assert (settings.first_rate, settings.points) == (returned / 100, points)


def test_what_cannot_be_measured_is_called_an_assumption(tmp_path):
    panel = Panel(what_if_more_returned(read_orders(BRANDS["one customer"], workspace=tmp_path)))
    assert panel.answer.notes == ("Rates, days and the number of new customers are assumptions here.",)
    assert panel.answer.plain_sentence.startswith(
        "How many customers return is not known yet: your files show"
    )
    assert panel.answer.next_steps[0].startswith(
        "**Measure who returns.** Add the order files of more months"
    )
    assert panel.question.numbers["first_rate"][1].confidence == "assumption"


def test_without_customers_of_an_own_store_all_count(tmp_path, orders):
    assert customers_within_reach(orders)[0] == ["Shopify"]
    brand = read_orders(BRANDS["marketplace without keys"], workspace=tmp_path)
    assert customers_within_reach(brand) == (["Amazon.com"], None)


def test_without_buyer_ids_it_is_said_what_cannot_be_known_and_what_to_add(tmp_path):
    brand = read_orders(BRANDS["marketplace without keys"], workspace=tmp_path)
    answer = what_if_more_returned(brand).answer
    assert answer.plain_sentence.startswith(
        "How many customers return cannot be known: your Amazon.com files do not show who bought."
    )
    assert dict(answer.numbers)["Repeat rate within a year"] == "not known"
    assert "Add Amazon's “Fulfilled Shipments” report" in answer.next_steps[0]
    assert any(step.startswith("**Use the marketplace's own tools") for step in answer.next_steps)


def test_a_repeat_report_gives_a_lower_bound_where_buyers_are_hidden(tmp_path, orders):
    brand = read_orders(BRANDS["marketplace without keys"], workspace=tmp_path)
    reported = replace(brand, repeat_rates=orders.repeat_rates)
    sentence = what_if_more_returned(reported).answer.plain_sentence
    assert "Amazon.com reports that at least 0.6% bought a product again." in sentence


def test_a_store_watched_for_three_months_says_how_far_it_was_followed(tmp_path):
    answer = what_if_more_returned(read_orders(BRANDS["everybody comes back"], workspace=tmp_path)).answer
    assert "is not known yet. On Shopify, **30%** did so within 40 days" in answer.sentence
    assert "follow customers for a year" in answer.next_steps[0]
