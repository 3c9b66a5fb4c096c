"""What a marketplace decides, and what it may do."""

from typing import Annotated

from ownchannel.assumptions import Assumption, Assumptions

_PLACE = "Place in search"
_REFUNDS = "Refunds"
_SUSPENSION = "Account suspended"
_PRIVATE_LABEL = "The platform's own brand"
_FEE_RISE = "Fees rise"

_NO_RATE = "Assumption: no trustworthy rate or length of suspensions is published"


class MarketplaceTerms(Assumptions):
    """Visibility, refunds, and the events that are the platform's to decide.

    >>> MarketplaceTerms(suspension_hazard=0.01).suspension_months
    1
    """

    visibility: Annotated[
        float,
        Assumption(
            label="Visibility",
            unit="times",
            valid=(0, 10),
            slider=(0, 2),
            plausible=(0.5, 1.2),
            step=0.05,
            help="New customers against today's, through your place in search and the featured offer. 1 is "
            "as today.",
            source="Assumption; 82 to 90% of purchases go through the featured offer, as vendors estimate",
            confidence="vendor",
            group=_PLACE,
            role="fear",
        ),
    ] = 1
    steering: Annotated[
        float,
        Assumption(
            label="Repeat orders steered",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.5),
            plausible=(0, 0.3),
            step=0.01,
            help="A further share of repeat orders that the platform sends to others.",
            source="Assumption: no platform publishes it",
            confidence="assumption",
            group=_PLACE,
            role="fear",
        ),
    ] = 0
    undercut_loss: Annotated[
        float,
        Assumption(
            label="Lost by undercutting",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 0.9),
            step=0.05,
            help="Visibility lost while your own store's discount is deeper than the one here.",
            source="Amazon AU: no featured offer above the lowest price at other major retailers, 2026-11; "
            "how much is lost is an assumption",
            confidence="assumption",
            group=_PLACE,
            role="fear",
        ),
    ] = 0
    refund_fee_rate: Annotated[
        float,
        Assumption(
            label="Fee kept on refunds",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.5),
            plausible=(0, 0.3),
            step=0.05,
            help="The share of its fee that the platform keeps when an order is paid back.",
            source="20% of the referral fee on Amazon US, as vendors quote it",
            confidence="vendor",
            group=_REFUNDS,
        ),
    ] = 0
    refund_fee_cap: Annotated[
        float,
        Assumption(
            label="At most, a unit",
            unit="money a unit",
            valid=(0, 1_000_000),
            slider=(0, 20),
            plausible=(0, 10),
            step=0.5,
            help="The most that it keeps of its fee for one unit that comes back.",
            source="5 dollars on Amazon US, as vendors quote it",
            confidence="vendor",
            group=_REFUNDS,
        ),
    ] = 5
    suspension_hazard: Annotated[
        float,
        Assumption(
            label="Suspension",
            unit="share a month",
            valid=(0, 1),
            slider=(0, 0.1),
            plausible=(0, 0.05),
            step=0.001,
            help="The chance, in any month, that the account is suspended and sells nothing.",
            source=_NO_RATE,
            confidence="assumption",
            group=_SUSPENSION,
            role="fear",
        ),
    ] = 0
    suspension_months: Annotated[
        int,
        Assumption(
            label="Length of suspension",
            unit="months",
            valid=(1, 120),
            slider=(1, 12),
            plausible=(1, 6),
            step=1,
            help="For how many months nothing is sold; the orders are lost, not put off.",
            source=_NO_RATE,
            confidence="assumption",
            group=_SUSPENSION,
            role="fear",
            whole=True,
        ),
    ] = 1
    suspension_recovery: Annotated[
        float,
        Assumption(
            label="New customers after it",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0.3, 1),
            step=0.05,
            help="New customers after a suspension, against before, for good. 100% means that all come back.",
            source=_NO_RATE,
            confidence="assumption",
            group=_SUSPENSION,
            role="fear",
        ),
    ] = 1
    private_label_hazard: Annotated[
        float,
        Assumption(
            label="Platform enters",
            unit="share a month",
            valid=(0, 1),
            slider=(0, 0.05),
            plausible=(0, 0.012),
            step=0.0005,
            help="The chance, in any month, that the platform sells a product like yours itself. It happens "
            "once at most.",
            source="Zhu & Liu 2018: 3% of 164,000 products in 10 months, or 0.3% a month, of direct entry",
            confidence="peer-reviewed",
            group=_PRIVATE_LABEL,
            role="fear",
        ),
    ] = 0
    private_label_loss: Annotated[
        float,
        Assumption(
            label="Lost when it enters",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 0.6),
            step=0.05,
            help="Share of new customers that you lose from then on.",
            source="Assumption: Crawford et al. find mild positive effects, so 0 must be allowed",
            confidence="assumption",
            group=_PRIVATE_LABEL,
            role="fear",
        ),
    ] = 0
    fee_rise_hazard: Annotated[
        float,
        Assumption(
            label="Fee rise",
            unit="share a month",
            valid=(0, 1),
            slider=(0, 0.1),
            plausible=(0, 0.05),
            step=0.001,
            help="The chance, in any month, that the platform raises its fee. It may happen again.",
            source="Assumption: referral fees have stood still since January 2024, as vendors quote them",
            confidence="assumption",
            group=_FEE_RISE,
            role="fear",
        ),
    ] = 0
    fee_rise_points: Annotated[
        float,
        Assumption(
            label="Points each time",
            unit="points",
            valid=(0, 1),
            slider=(0, 0.1),
            plausible=(0, 0.05),
            step=0.005,
            help="Added to the fee, as a share of what it is taken from, each time that it rises.",
            source="Assumption: referral fees have stood still since January 2024, as vendors quote them",
            confidence="assumption",
            group=_FEE_RISE,
            role="fear",
        ),
    ] = 0


# ------------------------ What an owner can do for customers of a channel of their own, and what may go

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
