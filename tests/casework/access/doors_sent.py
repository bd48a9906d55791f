"""What is asked for, and sent, at each address, so that whoever may do it does it?"""

from __future__ import annotations

from typing import Any

ASKS: dict[str, Any] = {
    "subject": {"type": "person", "id": "anna"}, "action": {"name": "view"}, "resource": {"type": "case", "id": "1"}
}  # fmt: skip
SENT: dict[str, dict[str, Any]] = {
    "case-evidence": {"reason": "For the regulator"},
    "glass-review": {"note": "She had to", "justified": "yes"},
    "case-hold": {"reason": "A lawsuit"},
    "keeping-person": {"marks": "Otto Nobody", "reason": "She asked"},
    "case-contest": {"objection": "They say that it was refunded before."},
    "case-letter-sent": {"way": "post"},
    "keeping-copy": {"marks": "Otto Nobody", "reason": "She asked"},
    "keeping-rule": {"floor": "30", "keep": "90", "law": "The rule of the house", "reason": "As agreed"},
    "keeping-due": {"reason": "Each month"},
    "api-access-evaluation": ASKS,
    "api-access-evaluations": ASKS | {"evaluations": [{}]},
    "api-access-subjects": ASKS,
    "api-access-resources": ASKS,
    "api-access-actions": ASKS,
    "case-new": {"reference": "NEW-1", "message": "Hello"},
    "api-people": {"name": "nora", "reason": "Begins on Monday"},
    "people-sign-in": {"do": "add", "group": "Analysts", "value": "staff", "reason": "As in the directory"},
    "people-services": {"name": "night-job", "scope": "read", "reason": "For the night"},
    "people-service": {"owner": "ada", "scope": "read", "reason": "It reads alone"},
    "api-person": {"groups": ["Analysts"], "reason": "Moved", "version": "of-before"},
    "people-view": {"do": "take-back", "reason": "It is of last year"},
    "people-units": {"key": "east", "name": "East", "reason": "Three regions now"},
    "api-units": {"key": "west", "name": "West", "reason": "Four regions now"},
    "api-case-unit": {"unit": "nowhere", "reason": "It belongs there"},
    "case-unit": {"unit": "nowhere", "reason": "It belongs there"},
    "api-person-switch": {"active": False, "reason": "Has left", "version": "of-before"},
    "api-group": {"clearance": "public", "rights": [], "reason": "Less work", "version": "of-before"},
    "rights-decide": {"how": "refuse"},
    "views": {"kind": "inbox", "state": "tab=groups", "name": "Mine too"},
    "view": {"do": "save", "name": "Cards and more"},
    "api-views": {"name": "Mine too", "asks": "tab=groups"},
    "api-view": {"name": "Cards and more"},
    "case-samples": {"case_type": "complaint"},
    "api-samples": {"case_type": "complaint"},
    "api-cases-documents": {"case_type": "complaint"},
    "case-deadline": {"wish": "extend", "amount": "1", "reason": "They agreed"},
    "api-case-deadlines": {"deadline": "answer", "wish": "extend", "amount": 1, "reason": "They agreed"},
    "api-case-comments": {"text": "They called a third time."},
    "api-case-comment": {"text": "They wrote to us."},
    "case-comments": {"text": "They called again."},
    "case-comment-edit": {"text": "They wrote again."},
    "case-tags": {"add": "call-back"},
    "tags": {"tag": "no-such-tag", "new": ""},
    "api-case-tags": {"add": ["call-back"]},
    "api-case-follow": {"following": True},
    "case-plan": {"definition": "ask_customer"},
    "case-edit": {"path": "customer.email", "customer.email": "new@example.org", "reason": "They wrote"},
    "api-case-fields": {"path": "channel", "value": "letter", "stood": "another"},
    "case-item": {"how": "remove", "reason": "They called"},
    "case-change": {"transition": "suspend", "reason": "They called"},
    "actors-stop": {"scope": "kind:intent", "reason": "It answers nonsense"},
    "api-stops": {"scope": "kind:intent", "reason": "It answers nonsense"},
    "api-stops-end": {"scope": "kind:intent"},
    "api-version-replay": {"jobs": 5},
    "api-actors": {"key": "reader-b", "name": "Reader B", "kind": "external", "capability": "intent"},
    "api-actor": {"card": {"rate": 60}, "reason": "A new contract"},
    "api-actor-switch": {"enabled": False, "reason": "It answers nonsense"},
    "api-actor-versions": {"artefact": "eyJsYWJlbHMiOlsiYSJdLCJraW5kIjoiaW50ZW50In0="},
    "api-actor-version": {"state": "retired"},
    "version-step": {"to": "retired"},
    "actor-switch": {"enabled": "no", "reason": "It answers nonsense"},
    "case-receive": {"reply": "It was in Lyon."},
    "case-reveal": {"path": "/customer/iban", "reason": "To compare it with the transfer"},
    "case-incident": {"how": "retry"},
    "task-complete": {"verdict": "accept"},
    "model-proposal": {"do": "discard"},
    "api-cases": {"case_type": "complaint", "reference": "NEW-1", "data": {"message": "Hello"}},
    "api-case-plan": {"item": "ask_customer"},
    "api-case-item": {"how": "remove", "reason": "They called"},
    "api-case-change": {"transition": "suspend", "reason": "They called"},
    "api-case-replies": {"answers": {"reply": "It was in Lyon."}},
    "api-case-reveal": {"path": "/customer/iban", "reason": "To compare it with the transfer"},
    "api-incident-resolve": {"how": "retry"},
    "api-tasks-many": {"tasks": [], "action": "claim"},
    "api-proposal-decide": {"how": "approve", "digest": "0", "seen": "0"},
    "api-attention": {"incidents": [], "how": "retry"},
    "api-task-complete": {"answers": {"verdict": "accept"}},
}
"""What is sent to addresses that take something, so that whoever may do it does it."""

FILES = {"case-documents": "files", "api-case-documents": "file", "api-cases-documents": "file"}
"""Under which name addresses take a file."""


ASKED: dict[str, dict[str, str]] = {
    "case-reveal": {"path": "/customer/iban"},
    "case-edit": {"path": "customer.email"},
    "search": {"q": "card"},
    "api-search": {"q": "card"},
    "api-knowledge": {"q": "How long may a refund take?"},
}
"""What is asked for at addresses that show what one asks for."""
