"""All scenarios: importing a module registers its own."""

from __future__ import annotations

import scenarios  # noqa: F401
import scenarios_failures  # noqa: F401
import scenarios_identity  # noqa: F401
import scenarios_offloads  # noqa: F401
import scenarios_soak  # noqa: F401
import scenarios_translation  # noqa: F401
import scenarios_ways  # noqa: F401
from plan import SCENARIOS

__all__ = ["SCENARIOS"]
