"""Which day of the week, which week of the year is it? (DMN 1.5, 10.3.4.8, Table 80: temporal functions.)"""

from __future__ import annotations

from decimal import Decimal

from .. import calendar
from ..evaluation import Evaluation
from ..temporal import Date, DateTime
from .conversion import date_of
from .registry import built_in

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@built_in("day of year(date: date | date and time)")
def day_of_year(run: Evaluation, value: Date | DateTime) -> Decimal:
    date = date_of(run, value)
    return Decimal(date.days - calendar.days_from(date.year, 1, 1) + 1)


@built_in("day of week(date: date | date and time)")
def day_of_week(run: Evaluation, value: Date | DateTime) -> str:
    return _WEEKDAYS[date_of(run, value).weekday - 1]


@built_in("month of year(date: date | date and time)")
def month_of_year(run: Evaluation, value: Date | DateTime) -> str:
    return _MONTHS[date_of(run, value).month - 1]


@built_in("week of year(date: date | date and time)")
def week_of_year(run: Evaluation, value: Date | DateTime) -> Decimal:
    return Decimal(calendar.week_of_year(date_of(run, value).days))
