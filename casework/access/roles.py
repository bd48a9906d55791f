"""Which groups does a case type need, and what do they see?

Deploying a case type makes the groups that its manifest names, with their clearance and purposes. Three groups belong
to no case type: administrators (who publish, and change people and rights), privacy officers (who find, copy and erase
a person's data) and auditors (who read and verify everything).
"""

from __future__ import annotations

from typing import Final

from audit.services import Origin
from casework.access.people import Needed, groups_ensure
from orchestration.casetypes.case_type import CaseType

ADMINISTRATORS: Final = "Administrators"
"""They answer for the actors that ship, too, until somebody else is named: they may change, stop and replace them."""
STANDING = {
    ADMINISTRATORS: ("internal", ["auth.change_user", "orchestration.publish_definition", "casework.erase_case"]),
    "Privacy officers": ("internal", ["casework.view_case", "casework.reveal_case", "casework.erase_case"]),
    "Auditors": ("internal", ["casework.view_case", "casework.audit_case", "audit.verify_auditevent"]),
}


SETUP = Origin("system:setup")


def ensure_roles(case_type: CaseType, origin: Origin = SETUP) -> None:
    """Make the groups of this case type, and the standing ones. What an admin has changed since stays."""
    standing = [Needed(name, level, tuple(rights), standing=True) for name, (level, rights) in STANDING.items()]
    own = [Needed(role.group, role.clearance, purposes=tuple(sorted(role.purposes))) for role in case_type.roles]
    groups_ensure([*standing, *own], origin)
