"""What calls cost: a price per minute for every prefix, in whatever money the operator counts."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

_PREFIX = re.compile(r"\+[1-9]\d{0,14}|sips?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Prices per minute by prefix (`+351`, or `sip:` for SIP addresses)."""

    prices: Mapping[str, float] = field(default_factory=dict)

    def price(self, target: str) -> float:
        """Give the price of the longest prefix that fits.

        A number without one counts as the dearest of the file: what it costs nobody knows. A SIP
        address without one is free.
        """
        fitting = [prefix for prefix in self.prices if target.lower().startswith(prefix)]
        if fitting:
            return self.prices[max(fitting, key=len)]
        return max(self.prices.values(), default=0.0) if target.startswith("+") else 0.0


def parse_tariff(text: str) -> Tariff:
    """Read CSV of `prefix,price`; a first line with these words is passed over.

    Raises:
        ValueError: a line is wrong; the text says which.
    """
    prices: dict[str, float] = {}
    for number, row in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() == "prefix"):
            continue
        prefix, price = _line(cells, number)
        if prefix in prices:
            raise ValueError(f"line {number}: {prefix} stands there twice")
        prices[prefix] = price
    if not prices:
        raise ValueError("there is no price in it; write lines such as +351,0.02")
    return Tariff(prices)


def _line(cells: list[str], number: int) -> tuple[str, float]:
    try:
        prefix, text = cells
        price = float(text)
    except ValueError:
        raise ValueError(f"line {number}: write a prefix and a price, as in +351,0.02") from None
    if not _PREFIX.fullmatch(prefix) or price < 0 or not isfinite(price):
        raise ValueError(f"line {number}: write a prefix and a price, as in +351,0.02")
    return prefix.lower(), price
