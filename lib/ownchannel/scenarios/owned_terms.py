"""What an owner can do for customers of a channel of their own, and what may go wrong there."""

from typing import Annotated

from ownchannel.assumptions import Assumption, Assumptions

_CHECKOUT = "Checkout"
_MESSAGES = "Personal messages"
_LOYALTY = "Loyalty programme"
_REFERRALS = "Referrals"
_RISKS = "Risks of your own store"

_TRY_IT = "Assumption: try it on half of your customers, and measure"


class OwnedTerms(Assumptions):
    """Levers that only the owner of the customer has, as changes from today, and their risks.

    >>> OwnedTerms(member_share=0.2).member_reward_rate
    0
    """

    checkout_conversion: Annotated[
        float,
        Assumption(
            label="Checkout ease",
            unit="times",
            valid=(0, 10),
            slider=(0.5, 2),
            plausible=(0.8, 1.35),
            step=0.01,
            help="New customers against today's, through an easier checkout. 1 is as today.",
            source="Upper bounds: 35% more in large shops after a redesign (Baymard, second hand, 2026-11), "
            "28.5% more spend with one click in one Asian sample (Management Science 2023)",
            confidence="vendor",
            group=_CHECKOUT,
            role="decision",
        ),
    ] = 1
    reach: Annotated[
        float,
        Assumption(
            label="Newly reached",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 0.6),
            step=0.01,
            help="Share of customers who agree to personal messages and get none today.",
            source=_TRY_IT,
            confidence="assumption",
            group=_MESSAGES,
            role="decision",
        ),
    ] = 0
    personalisation_uplift: Annotated[
        float,
        Assumption(
            label="More repeat orders",
            unit="share",
            valid=(0, 10),
            slider=(0, 0.5),
            plausible=(0, 0.2),
            step=0.01,
            help="How many more repeat orders come from customers whom the messages newly reach.",
            source="Assumption: by last click e-mail brings 20 to 30% of revenue, as vendors count",
            confidence="assumption",
            group=_MESSAGES,
            role="decision",
        ),
    ] = 0
    referrals_per_order: Annotated[
        float,
        Assumption(
            label="Friends an order brings",
            unit="customers",
            valid=(0, 10),
            slider=(0, 0.3),
            plausible=(0, 0.1),
            step=0.005,
            help="New customers whom one order of this month brings next month, beyond today's.",
            source="Assumption: no credible rate for online shops is published",
            confidence="assumption",
            group=_REFERRALS,
            role="decision",
        ),
    ] = 0
    member_share: Annotated[
        float,
        Assumption(
            label="Members",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 0.5),
            step=0.01,
            help="Share of customers, new and of today, who join the loyalty programme.",
            source=_TRY_IT,
            confidence="assumption",
            group=_LOYALTY,
            role="decision",
        ),
    ] = 0
    member_frequency_uplift: Annotated[
        float,
        Assumption(
            label="Members order more",
            unit="share",
            valid=(0, 10),
            slider=(0, 1),
            plausible=(0, 0.3),
            step=0.01,
            help="How many more repeat orders a member places while active.",
            source=_TRY_IT,
            confidence="assumption",
            group=_LOYALTY,
            role="decision",
        ),
    ] = 0
    member_drop_reduction: Annotated[
        float,
        Assumption(
            label="Fewer members leave",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.5),
            plausible=(0, 0.2),
            step=0.01,
            help="How much less often a member leaves after an order.",
            source=_TRY_IT,
            confidence="assumption",
            group=_LOYALTY,
            role="decision",
        ),
    ] = 0
    member_reward_rate: Annotated[
        float,
        Assumption(
            label="Reward",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.2),
            plausible=(0, 0.1),
            step=0.005,
            help="What a member gets back, as a share of what an order brings after returns.",
            source="Your own choice; the range is an assumption",
            confidence="assumption",
            group=_LOYALTY,
            role="decision",
        ),
    ] = 0
    member_annual_fee: Annotated[
        float,
        Assumption(
            label="Membership fee",
            unit="money a year",
            valid=(0, 1_000_000),
            slider=(0, 150),
            plausible=(0, 120),
            step=1,
            help="What a member pays a year.",
            source="Your own choice; the range is an assumption",
            confidence="assumption",
            group=_LOYALTY,
            role="decision",
        ),
    ] = 0
    member_annual_cost: Annotated[
        float,
        Assumption(
            label="Cost of a member",
            unit="money a year",
            valid=(0, 1_000_000),
            slider=(0, 100),
            plausible=(0, 60),
            step=1,
            help="What the programme costs you for each member a year, rewards aside.",
            source="Your own choice; the range is an assumption",
            confidence="assumption",
            group=_LOYALTY,
            role="decision",
        ),
    ] = 0
    cannibalisation: Annotated[
        float,
        Assumption(
            label="Taken from marketplace",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 0.5),
            step=0.05,
            help="Of the customers whom more advertising brings here, the share who would have bought from "
            "you on a marketplace.",
            source="Assumption: no rate for small brands is published",
            confidence="assumption",
            group=_RISKS,
            role="fear",
        ),
    ] = 0
    ad_loss_hazard: Annotated[
        float,
        Assumption(
            label="Advertising lost",
            unit="share a month",
            valid=(0, 1),
            slider=(0, 0.1),
            plausible=(0, 0.05),
            step=0.001,
            help="The chance, in any month, that your advertising account is closed and brings nobody.",
            source="Assumption: no trustworthy rate is published",
            confidence="assumption",
            group=_RISKS,
            role="fear",
        ),
    ] = 0
    ad_loss_months: Annotated[
        int,
        Assumption(
            label="Months without it",
            unit="months",
            valid=(1, 120),
            slider=(1, 12),
            plausible=(1, 6),
            step=1,
            help="For how many months advertising brings nobody. Its budget goes on being spent.",
            source="Assumption: no trustworthy length is published",
            confidence="assumption",
            group=_RISKS,
            role="fear",
            whole=True,
        ),
    ] = 1
