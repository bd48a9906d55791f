"""Where does a case stand? Its instances, open items and waits, and what a command would come to.

`execute` is the engine's pure function: a page may ask it what would be refused, and writes nothing by that.
"""

from orchestration.engine.execute import execute
from orchestration.engine.state import INSTANCE_ENDED, ROOT, Item, State, Wait
from orchestration.engine.step import Rejection

__all__ = ["INSTANCE_ENDED", "ROOT", "Item", "Rejection", "State", "Wait", "execute"]
