"""The demo operator: Tidewell, a telecom of the fictional town of that name.

Seeding a database that has been seeded changes nothing; one that was seeded by an older release
gets what is new. Real data is never loaded here: an operator imports its own catalogue.
"""

from self_service.seed.demo import seed_demo
from self_service.seed.sign_ins import DEMO_SIGN_INS, DemoSignIn

__all__ = ["DEMO_SIGN_INS", "DemoSignIn", "seed_demo"]
