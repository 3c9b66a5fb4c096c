"""The what-if of workbook 03, against the functions that it rests on."""

import time

import pytest

from ownchannel.answers import what_if_more_returned
from ownchannel.answers._starting_settings import customers_within_reach  # inside: no answer says it alone
from ownchannel.formats import money
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
    for orders in (found.before, found.after, found.more, found.earlier):
        assert money(orders.sum() * settings.order_value, "USD") in answer.sentence
    revenue, parts, by_age, _ = answer.charts
    assert list(revenue.figure.data[1].y) == pytest.approx((found.after * settings.order_value).tolist())
    assert list(parts.figure.data[1].y) == pytest.approx((found.earlier * settings.order_value).tolist())
    assert by_age.figure.data[0].y[-1] == pytest.approx(100 * settings.today.in_the_end, rel=0.01)
    lasting = settings.left_by_order * (settings.changed.in_the_end - settings.today.in_the_end)
    assert dict(answer.numbers)["The higher rate may cost, a new customer"] == money(lasting, "USD", 2)


def test_the_page_says_that_a_shorter_interval_brings_the_same_orders_forward(panel):
    sooner = panel.at(points=0, days_sooner=30)
    assert "In the end the shorter interval changes nothing" in sooner.sentence
    assert "more" not in sooner.sentence
    assert dict(sooner.numbers)["Of the gain is only earlier"] == "100%"
    assert "More" not in sooner.charts[1].caption
    more = panel.at(points=0.05, days_sooner=0)
    assert "Only earlier" not in more.charts[1].caption
    assert "earlier" not in more.sentence
    assert dict(more.numbers)["Of the gain is only earlier"] == "0%"
    neither = panel.at(points=0, days_sooner=0)
    assert neither.sentence.startswith("As things are")
    assert dict(neither.numbers)["Of the gain is only earlier"] == "no gain"


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


def test_the_note_tells_how_well_the_model_tells_the_brands_own_past(panel):
    assert panel.answer.notes[1].endswith(
        "the model tells 1,374 repeat orders until today, and there were 1,438."
    )


def test_impossible_settings_are_said_in_place_of_the_answer(panel):
    with pytest.raises(ValueError, match="110% of new customers would come back"):
        panel.at(first_rate=1, points=0.1)
    assert panel.answer.sentence.startswith(
        "If **3 points** more customers came back after each order and they"
    )


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
    assert panel.answer.notes[0].startswith("Too few customers")
    assert panel.question.numbers["first_rate"][1].confidence == "assumption"


def test_without_customers_of_an_own_store_all_count(tmp_path, orders):
    assert customers_within_reach(orders)[0] == ["Shopify"]
    brand = read_orders(BRANDS["marketplace without keys"], workspace=tmp_path)
    assert customers_within_reach(brand) == (["Amazon.com"], None)
