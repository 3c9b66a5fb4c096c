"""What a channel declares, and what it refuses."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from ownchannel.assumptions import Assumptions
from ownchannel.scenarios import AnyChannel, FittedPurchases, MarketplaceChannel, OwnedChannel, Plan

FITTED = FittedPurchases(model="MBG/NBD", parameters={"r": 0.5, "alpha": 6.0, "a": 0.9, "b": 1.6})

#: What the model names, and what each is where nothing is said: as today.
BOTH = {
    "organic_customers": 0,
    "organic_growth": 0,
    "growth_fade": 1,
    "existing_customers": 0,
    "reference_spend": 0,
    "cac": 0,
    "spend_elasticity": 1,
    "ad_incrementality": 1,
    "cac_inflation": 0,
    "ramp_months": 0,
    "rank_effect": 0,
    "repeat_rate": 0,
    "days_between_orders": 90,
    "discount": 0,
    "price_elasticity": 0,
    "units_per_order": 1,
    "goods_cost": 0,
    "fee_rate": 0,
    "fee_tax_rate": 0,
    "ad_rate": 0,
    "fulfilment_cost": 0,
    "shipping_cost": 0,
    "payment_rate": 0,
    "payment_fixed": 0,
    "return_rate": 0,
    "resellable_rate": 0,
    "return_handling_cost": 0,
    "service_cost": 0,
    "platform_fee": 0,
    "payout_delay": 0,
    "stock_lead_months": 0,
}
MARKETPLACE = {
    "visibility": 1,
    "steering": 0,
    "undercut_loss": 0,
    "refund_fee_rate": 0,
    "refund_fee_cap": 5,
    "suspension_hazard": 0,
    "suspension_months": 1,
    "suspension_recovery": 1,
    "private_label_hazard": 0,
    "private_label_loss": 0,
    "fee_rise_hazard": 0,
    "fee_rise_points": 0,
}
OWNED = {
    "checkout_conversion": 1,
    "reach": 0,
    "personalisation_uplift": 0,
    "referrals_per_order": 0,
    "member_share": 0,
    "member_frequency_uplift": 0,
    "member_drop_reduction": 0,
    "member_reward_rate": 0,
    "member_annual_fee": 0,
    "member_annual_cost": 0,
    "cannibalisation": 0,
    "ad_loss_hazard": 0,
    "ad_loss_months": 1,
}
DECISIONS = {
    "discount",
    "checkout_conversion",
    "reach",
    "personalisation_uplift",
    "referrals_per_order",
    *(name for name in OWNED if name.startswith("member_")),
}


def refusal(kind: type[AnyChannel], **fields: Any) -> str:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        kind(**{"name": "Shop", "order_value": 50, **fields})
    assert not isinstance(refused.value, ValidationError)
    return str(refused.value)


@pytest.mark.parametrize(("kind", "own"), [(MarketplaceChannel, MARKETPLACE), (OwnedChannel, OWNED)])
def test_a_channel_declares_what_the_model_names_and_is_neutral(
    kind: type[AnyChannel], own: dict[str, float]
) -> None:
    channel = kind(name="Shop", order_value=50)
    assert {name: getattr(channel, name) for name in kind.declared()} == {**BOTH, **own, "order_value": 50}
    assert (channel.purchase_model, channel.fee_category) == (None, None)


@pytest.mark.parametrize("kind", [MarketplaceChannel, OwnedChannel])
def test_only_levers_are_decisions_and_they_are_neutral_inside_their_sources(kind: type[AnyChannel]) -> None:
    declared = kind.declared()
    assert {name for name, mark in declared.items() if mark.role == "decision"} == DECISIONS & set(declared)
    assert kind(name="Shop", order_value=50, repeat_rate=0.3).unlikely() == []


@pytest.mark.parametrize("declarer", [Plan, MarketplaceChannel, OwnedChannel])
def test_texts_fit_beside_a_slider(declarer: type[Assumptions]) -> None:
    for name, mark in declarer.declared().items():
        assert len(mark.label) <= 24, name
        assert mark.help.endswith(".") and mark.help.count(". ") <= 2, name
        assert mark.group, name
        assert mark.whole == (declarer.model_fields[name].annotation is int), name
        assert not mark.source.endswith("."), name


def test_a_marketplace_keeps_its_hands_off_what_an_owner_has() -> None:
    assert refusal(MarketplaceChannel, member_share=0.1).startswith("member_share is not known here")
    assert refusal(OwnedChannel, visibility=0.5).startswith("visibility is not known here")
    assert refusal(OwnedChannel, repeat_rte=0.5) == "repeat_rte is not known here: did you mean repeat_rate?"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"order_value": None}, "order_value must be a number: you gave None."),
        ({"name": "  "}, "name is empty: a channel needs a name."),
        ({"repeat_rate": 28}, "repeat_rate must lie between 0 and 1: you gave 28; did you mean 0.28?"),
        ({"discount": 0.95}, "discount must lie between -0.5 and 0.9: you gave 0.95; did you mean 0.0095?"),
        ({"stock_lead_months": 1.5}, "stock_lead_months must be a whole number: you gave 1.5."),
        (
            {"reference_spend": 100},
            "Advertising today is above 0: say what a new customer costs, too.",
        ),
        (
            {"fee_rate": 0.1, "fee_category": "beauty"},
            "Give fee_rate or fee_category, not both: the category stands for a rate.",
        ),
        (
            {"repeat_rate": 0.9, "referrals_per_order": 0.1},
            "0.1 friends won per order are too many where customers return so often: one order's friends "
            "would bring 1.00 more orders, and orders would grow without bound. Lower it, or what makes "
            "customers come back.",
        ),
    ],
)
def test_a_refusal_says_which_field_and_what_to_do(fields: dict[str, Any], sentence: str) -> None:
    assert refusal(OwnedChannel, **fields) == sentence


def test_an_order_value_is_required() -> None:
    with pytest.raises(ValueError, match=r"^order_value is missing\.$"):
        OwnedChannel(name="Shop")


def test_an_unknown_fee_category_is_refused_with_the_known_ones() -> None:
    sentence = refusal(MarketplaceChannel, fee_category="furnture")
    assert sentence.startswith(
        "fee_category furnture is unknown: did you mean furniture? Known are apparel, "
    )
    assert MarketplaceChannel(name="Shop", order_value=50, fee_category="furniture").fee_rate == 0


@pytest.mark.parametrize("name", ["member_drop_reduction", "member_annual_fee", "member_annual_cost"])
def test_a_fitted_model_stands_beside_no_rate_at_which_members_leave(name: str) -> None:
    assert refusal(OwnedChannel, purchase_model=FITTED, **{name: 0.1}).startswith(
        f"‘{OwnedChannel.declared()[name].label}’ must be 0 where a model fitted to orders says who returns"
    )
    assert (
        OwnedChannel(name="Shop", order_value=50, purchase_model=FITTED, member_share=0.1).member_share == 0.1
    )


@pytest.mark.parametrize(
    "endless", [{"repeat_rate": 1}, {"repeat_rate": 0.2, "member_share": 0.1, "member_drop_reduction": 1}]
)
def test_friends_of_customers_who_never_leave_are_refused(endless: dict[str, float]) -> None:
    assert "would bring endless orders" in refusal(OwnedChannel, referrals_per_order=0.001, **endless)
    assert OwnedChannel(name="Shop", order_value=50, **endless).referral_growth == 0


@given(
    st.fixed_dictionaries(
        {
            "referrals_per_order": st.floats(0.001, 0.05),
            "repeat_rate": st.floats(0, 0.9),
            "member_share": st.floats(0, 1),
            "member_frequency_uplift": st.floats(0, 1),
            "member_drop_reduction": st.floats(0, 0.5),
            "reach": st.floats(0, 1),
            "personalisation_uplift": st.floats(0, 0.5),
        }
    )
)
def test_referrals_grow_as_a_customers_orders_added_up_one_by_one(fields: dict[str, float]) -> None:
    def orders(returning: float, times: float) -> float:
        return 1 + times * sum(returning**number for number in range(1, 400))

    members, rate = fields["member_share"], fields["repeat_rate"]
    staying = 1 - (1 - rate) * (1 - fields["member_drop_reduction"])
    times = 1 + fields["reach"] * fields["personalisation_uplift"]
    each = members * orders(staying, times * (1 + fields["member_frequency_uplift"]))
    expected = fields["referrals_per_order"] * (each + (1 - members) * orders(rate, times))
    assume(expected < 0.999)
    channel = OwnedChannel(name="Shop", order_value=50, **fields)
    assert channel.referral_growth == pytest.approx(expected, rel=1e-6)


def test_one_more_order_for_each_order_is_the_first_that_is_refused() -> None:
    assert "would bring 1.00 more orders" in refusal(OwnedChannel, repeat_rate=0.5, referrals_per_order=0.5)
    below = OwnedChannel(name="Shop", order_value=50, repeat_rate=0.5, referrals_per_order=0.4999)
    assert below.referral_growth == pytest.approx(0.9998)


def test_what_changes_nothing_is_told() -> None:
    unadvertised = {"cac", "spend_elasticity", "cac_inflation", "ramp_months", "ad_incrementality"}
    assert OwnedChannel(name="Shop", order_value=50).unused() == unadvertised
    advertised = {"name": "Shop", "order_value": 50, "reference_spend": 10, "cac": 5}
    assert OwnedChannel(**advertised).unused() == set()
    assert OwnedChannel(**advertised, purchase_model=FITTED).unused() == {
        "repeat_rate",
        "days_between_orders",
    }
    assert OwnedChannel(**advertised, fee_category="home").unused() == {"fee_rate"}
    fitted = OwnedChannel(name="Shop", order_value=50, purchase_model=FITTED)
    assert fitted.unused() == unadvertised | {"repeat_rate", "days_between_orders"}
