from datetime import date

import pytest
from hypothesis import settings

from clerk_tui.catalog.calendars import load
from clerk_tui.rules.working_days import WorkCalendar

settings.register_profile("rules", derandomize=True, max_examples=150, deadline=None)
settings.load_profile("rules")


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return load()


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 23)
