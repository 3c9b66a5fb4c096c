"""Bookings that name an order as people see it, matched with the order that bears the name."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def matched(entries: pa.Table, lines: pa.Table) -> pa.Table:
    """The entries, those of an order without an identity having that of the one order of their name.

    A name is an `order_id` on a `channel`. Two shops may each have an order #1001: where several orders bear
    a name, or none does, an entry stays without an identity and is joined to no order.

    >>> lines = pa.table({"channel": ["Shopify"], "order_id": ["#1001"], "identity": ["shopify/55"]})
    >>> fee = {"channel": ["Shopify"], "order_id": ["#1001"], "event": ["sale"]}
    >>> entries = pa.table(fee | {"identity": pa.array([None], pa.string())})
    >>> matched(entries, lines)["identity"].to_pylist()
    ['shopify/55']
    """
    untold = pc.and_(pc.not_equal(entries["event"], "account"), entries["identity"].is_null())
    if not pc.any(untold).as_py():
        return entries
    orders = lines.select(["channel", "order_id", "identity"]).to_pandas().drop_duplicates()
    named = orders.drop_duplicates(["channel", "order_id"], keep=False)
    by_name = pd.Series(
        named["identity"].to_numpy(), pd.MultiIndex.from_frame(named[["channel", "order_id"]])
    )
    wanted = entries.filter(untold)
    names = pd.MultiIndex.from_arrays(
        [wanted[name].cast(pa.string()).to_pandas() for name in ("channel", "order_id")]
    )
    found = pa.array(by_name.reindex(names), pa.string(), from_pandas=True)
    identity = entries["identity"].cast(pa.string()).combine_chunks()
    told = pc.replace_with_mask(identity, untold.combine_chunks(), found)
    field = entries.schema.field("identity")
    return entries.set_column(entries.column_names.index("identity"), field, told.cast(field.type))
