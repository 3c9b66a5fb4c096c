"""What differs by who owns the customer: the platform's decisions, an owner's levers, the risks of either."""

from functools import partial

from ownchannel.assumptions import Assumptions, Quantity, assumption

_place = partial(assumption, group="Place in search", role="fear")
_refunds = partial(assumption, group="Refunds")
_suspension = partial(assumption, group="Account suspended", role="fear")
_private_label = partial(assumption, group="The platform's own brand", role="fear")
_fee_rise = partial(assumption, group="Fees rise", role="fear")

_checkout = partial(assumption, group="Checkout", role="decision")
_messages = partial(assumption, group="Personal messages", role="decision")
_loyalty = partial(assumption, group="Loyalty programme", role="decision")
_referrals = partial(assumption, group="Referrals", role="decision")
_risks = partial(assumption, group="Risks of your own store", role="fear")

_NO_RATE = "Assumption: no trustworthy rate or length of suspensions is published"
_TRY_IT = "Assumption: try it on half of your customers, and measure"


class MarketplaceTerms(Assumptions):
    """Visibility, refunds, and the events that are the platform's to decide.

    >>> MarketplaceTerms(suspension_hazard=0.01).suspension_months
    1
    """

    visibility: float = _place(
        Quantity("Visibility in search", 1, "times", slider=(0, 2), plausible=(0.5, 1.2), step=0.05),
        help="New customers compared with today, through your place in search and the featured offer. 1 is "
        "as today.",
        source="Assumption; 82 to 90% of purchases go through the featured offer, as vendors estimate",
        confidence="vendor",
    )
    steering: float = _place(
        Quantity("Repeats steered away", 0, "share", slider=(0, 0.5), plausible=(0, 0.3)),
        help="The share of today's repeat orders that the platform sends to other sellers.",
        source="Assumption: no platform publishes it",
    )
    undercut_loss: float = _place(
        Quantity("Lost by undercutting", 0, "share", plausible=(0, 0.9), step=0.05),
        help="Visibility lost while your own store is cheaper, with a deeper discount than here.",
        source="Amazon AU: no featured offer above the lowest price at other major retailers, 2026-11; how "
        "much is lost is an assumption",
    )
    refund_fee_rate: float = _refunds(
        Quantity("Fee kept on refunds", 0, "share", slider=(0, 0.5), plausible=(0, 0.3), step=0.05),
        help="The share of its fee that the platform keeps when an order is refunded.",
        source="20% of the referral fee on Amazon US, as vendors quote it",
        confidence="vendor",
    )
    refund_fee_cap: float = _refunds(
        Quantity("Most it keeps per unit", 5, "money per unit", slider=(0, 20), plausible=(0, 10)),
        help="The most of its fee that the platform keeps for one returned unit.",
        source="5 dollars on Amazon US, as vendors quote it",
        confidence="vendor",
    )
    suspension_hazard: float = _suspension(
        Quantity("Account suspension", 0, "share a month", slider=(0, 0.1), plausible=(0, 0.05)),
        help="The chance, in any month, that the account is suspended and sells nothing.",
        source=_NO_RATE,
    )
    suspension_months: int = _suspension(
        Quantity("Length of suspension", 1, "months", slider=(1, 12), plausible=(1, 6), whole=True),
        help="For how many months nothing is sold. These orders are lost, not delayed.",
        source=_NO_RATE,
    )
    suspension_recovery: float = _suspension(
        Quantity("New customers after it", 1, "share", plausible=(0.3, 1), step=0.05),
        help="New customers after it compared with before, for good. 100% is full recovery.",
        source=_NO_RATE,
    )
    private_label_hazard: float = _private_label(
        Quantity(
            "Platform sells its own",
            0,
            "share a month",
            slider=(0, 0.05),
            plausible=(0, 0.012),
            step=0.0005,
        ),
        help="The chance, in any month, that the platform sells a product like yours itself. It happens "
        "once at most.",
        source="Zhu & Liu 2018: 3% of 164,000 products in 10 months, or 0.3% a month, of direct entry",
        confidence="peer-reviewed",
    )
    private_label_loss: float = _private_label(
        Quantity("New customers lost to it", 0, "share", plausible=(0, 0.6), step=0.05),
        help="The share of new customers that you lose from then on.",
        source="Assumption: Crawford et al. find mild positive effects, so 0 must be allowed",
    )
    fee_rise_hazard: float = _fee_rise(
        Quantity("Fee rise", 0, "share a month", slider=(0, 0.1), plausible=(0, 0.05)),
        help="The chance, in any month, that the platform raises its fee. It may happen more than once.",
        source="Assumption: referral fees have stood still since January 2024, as vendors quote them",
    )
    fee_rise_points: float = _fee_rise(
        Quantity("Size of a fee rise", 0, "percentage points", slider=(0, 0.1), plausible=(0, 0.05)),
        help="What each rise adds to the platform's fee.",
        source="Assumption: referral fees have stood still since January 2024, as vendors quote them",
    )


class OwnedTerms(Assumptions):
    """Levers that only the owner of the customer has, as changes from today, and their risks.

    >>> OwnedTerms(member_share=0.2).member_reward_rate
    0
    """

    checkout_conversion: float = _checkout(
        Quantity("Checkout ease", 1, "times", slider=(0.5, 2), plausible=(0.8, 1.35)),
        help="New customers compared with today, through an easier checkout. 1 is as today.",
        source="Upper bounds: 35% more in large shops after a redesign (Baymard, second hand, 2026-11), "
        "28.5% more spend with one click in one Asian sample (Management Science 2023)",
        confidence="vendor",
    )
    reach: float = _messages(
        Quantity("Customers newly reached", 0, "share", plausible=(0, 0.6)),
        help="The share of customers who agree to personal messages and get none today.",
        source=_TRY_IT,
    )
    personalisation_uplift: float = _messages(
        Quantity("More repeat orders", 0, "share", valid=(0, 10), slider=(0, 0.5), plausible=(0, 0.2)),
        help="How many more repeat orders the newly reached customers place.",
        source="Assumption: by last click e-mail brings 20 to 30% of revenue, as vendors count",
    )
    referrals_per_order: float = _referrals(
        Quantity(
            "Friends won per order",
            0,
            "customers",
            valid=(0, 10),
            slider=(0, 0.3),
            plausible=(0, 0.1),
            step=0.005,
        ),
        help="New customers that one order brings the month after, beyond those of today.",
        source="Assumption: no credible rate for online shops is published",
    )
    member_share: float = _loyalty(
        Quantity("Members", 0, "share", plausible=(0, 0.5)),
        help="The share of new and present customers who join the loyalty programme.",
        source=_TRY_IT,
    )
    member_frequency_uplift: float = _loyalty(
        Quantity("Members order more", 0, "share", valid=(0, 10), slider=(0, 1), plausible=(0, 0.3)),
        help="How many more repeat orders a member places while active.",
        source=_TRY_IT,
    )
    member_drop_reduction: float = _loyalty(
        Quantity("Fewer members leave", 0, "share", slider=(0, 0.5), plausible=(0, 0.2)),
        help="How much less often a member stops buying after an order.",
        source=_TRY_IT,
    )
    member_reward_rate: float = _loyalty(
        Quantity("Reward", 0, "share", slider=(0, 0.2), plausible=(0, 0.1), step=0.005),
        help="What a member gets back, as a share of an order's value after returns.",
        source="Your own choice; the range is an assumption",
    )
    member_annual_fee: float = _loyalty(
        Quantity("Membership fee", 0, "money a year", slider=(0, 150), plausible=(0, 120)),
        help="What a member pays a year.",
        source="Your own choice; the range is an assumption",
    )
    member_annual_cost: float = _loyalty(
        Quantity("Yearly cost of a member", 0, "money a year", slider=(0, 100), plausible=(0, 60)),
        help="What the programme costs you per member a year, rewards not counted.",
        source="Your own choice; the range is an assumption",
    )
    cannibalisation: float = _risks(
        Quantity("Taken from marketplace", 0, "share", plausible=(0, 0.5), step=0.05),
        help="Of the new customers whom more advertising brings here, the share who would have bought from "
        "you on a marketplace.",
        source="Assumption: no rate for small brands is published",
    )
    ad_loss_hazard: float = _risks(
        Quantity("Ad account closed", 0, "share a month", slider=(0, 0.1), plausible=(0, 0.05)),
        help="The chance, in any month, that your advertising account is closed and brings nobody.",
        source="Assumption: no trustworthy rate is published",
    )
    ad_loss_months: int = _risks(
        Quantity("Months without ads", 1, "months", slider=(1, 12), plausible=(1, 6), whole=True),
        help="For how many months advertising brings nobody, while its budget is still spent.",
        source="Assumption: no trustworthy length is published",
    )
