"""Is a sentence of a letter nothing but courtesy?

Pure, and word for word: nothing is promised by such a sentence, so nothing of it has to stand anywhere. What says more
than that (“if you have any questions, we pay you 50 euros”) is none.
"""

from __future__ import annotations

import re
from typing import Final

QUESTIONS: Final = r"(?:any )?(?:further |other |more |additional )?(?:questions|concerns|queries)(?: or concerns)?"
INVITED: Final = (
    r"(?:feel free|do not hesitate|don['’]t hesitate) to (?:ask|write|contact us|write to us|reach out(?: to us)?)"
)
ASK: Final = rf"(?:please )?(?:{INVITED}|let us know|contact us|write to us|just ask)(?: at any time| again)?"
THANKED: Final = (
    r"your (?:patience|understanding|message|letter|e-?mail)|contacting us|writing to us|reaching out(?: to us)?"
    r"|bringing this to our attention"
)
CAUSED: Final = r"(?: (?:this|it) (?:may have|has) caused(?: you)?)?"
COURTEOUS: Final = re.compile(
    rf"(?:if you (?:have|should have) {QUESTIONS},? {ASK}|{ASK} if you have {QUESTIONS}"
    rf"|thank you (?:very much )?for (?:{THANKED})(?: and (?:your )?(?:patience|understanding))?"
    rf"|we (?:sincerely )?apologi[sz]e for (?:any|the) (?:inconvenience|delay|trouble){CAUSED}"
    r"|we (?:are|would be|will be) (?:here|happy|glad) to (?:help|assist)(?: you)?(?: further)?"
    r"|we look forward to hearing from you)[.!]?",
    re.IGNORECASE,
)


def is_courtesy(sentence: str) -> bool:
    return bool(COURTEOUS.fullmatch(sentence.strip()))
