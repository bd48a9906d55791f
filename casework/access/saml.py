"""What does a SAML 2.0 identity provider say of who came back from it, and may it be believed?

By python3-saml (OneLogin's toolkit over xmlsec), an extra that is loaded where a provider is set. Only the assertion
that the provider signed is read, for us, now, and in answer to a question that this browser's session has asked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from casework.access.oidc import Claims, Ended
from orchestration.ground.refusals import Refused

log = structlog.get_logger()

REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
LONGEST: Final = 200_000
"""Letters of an answer."""
NOT_BELIEVED: Final = Refused("token", "The provider’s answer is not signed by it, not for us, or not of this sign-in.")


NOT_ENDED: Final = Refused("token", "The request to sign out is not signed by the provider, not for us, or not of now.")
KEPT: Final = 3600
"""Seconds for which a request to sign out is known again; it is good for less."""


def is_set() -> bool:
    return bool(settings.SAML_PROVIDER and settings.SAML_SIGN_IN and settings.SAML_CERTIFICATES)


def is_installed() -> bool:
    return find_spec("onelogin") is not None


def address_to_sign_in(own: str, back: str, state: str, *, again: bool = False) -> tuple[str, str]:
    """Where the browser goes, and the id of the question. `own`: as whom the provider knows us. `again`: they have to
    show who they are, though the provider knows them still."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    asked = OneLogin_Saml2_Auth(_request(back), _settings(own, back))
    return asked.login(return_to=state, force_authn=again), asked.get_last_request_id()


def metadata(own: str, back: str, out: str) -> str:
    """How we tell a provider who we are (XML)."""
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    told = _settings(own, back, out)
    told["security"]["wantAssertionsEncrypted"] = bool(
        settings.SAML_KEY
    )  # it may: what it does not encrypt is read, too
    found = OneLogin_Saml2_Settings(told, sp_validation_only=True).get_sp_metadata()
    return found.decode() if isinstance(found, bytes) else str(found)


def claims_of(answer: str, own: str, back: str, question: str) -> Claims | Refused:
    """What an answer says (base64 of a samlp:Response) to the question of this id."""
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    try:
        read = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(_settings(own, back)), answer[:LONGEST])
        read.is_valid(_request(back), question, raise_exceptions=True)
        if read.get_in_response_to() != question:
            return NOT_BELIEVED
        return _claims(read)
    except Exception as error:  # the toolkit and the libraries below it raise what they like; none of it lets in
        log.warning("saml answer refused", why=str(error)[:200])
        return NOT_BELIEVED


def address_to_sign_out(own: str, back: str, out: str, subject: str, session: str) -> str:
    """Where the browser goes to end the provider's session, too; "" where the provider has no such place."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    if not settings.SAML_SIGN_OUT:
        return ""
    asked = OneLogin_Saml2_Auth(_request(out), _settings(own, back, out))
    address = asked.logout(name_id=subject, session_index=session or None, name_id_format=PERSISTENT)
    return str(address)


def ended_of(query: Mapping[str, str], own: str, back: str, out: str) -> tuple[Ended, str] | Refused:
    """Which session ended, as a logout request of the provider says (HTTP-Redirect), and where the browser goes with
    our answer. The request has to be signed by the provider, for us and of now."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth
    from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request as Request

    wanted = _settings(own, back, out)
    wanted["security"]["wantMessagesSigned"] = True
    try:
        asked = OneLogin_Saml2_Auth(_request(out) | {"get_data": dict(query)}, wanted)
        address = asked.process_slo(keep_local_session=True)
        if asked.get_errors() or address is None:
            log.warning("saml logout refused", why=str(asked.get_last_error_reason() or asked.get_errors())[:200])
            return NOT_ENDED
        said = asked.get_last_request_xml()
        subject, named = Request.get_nameid(said, settings.SAML_KEY or None), Request.get_session_indexes(said)
        ended = Ended(subject, named[0] if named else "", asked.get_last_message_id(), int(time.time()) + KEPT)
        return ended, str(address)
    except Exception as error:  # as with answers
        log.warning("saml logout refused", why=str(error)[:200])
        return NOT_ENDED


def _claims(read: Any) -> Claims | Refused:
    subject, attributes = read.get_nameid(), read.get_attributes()
    if not subject or len(subject) > 255 or not subject.isprintable() or read.get_nameid_format() == TRANSIENT:
        return Refused("token", "The provider names you anew at each sign-in, so nobody can be known by that.")

    def first(*names: str) -> str:
        found = next((attributes[name][0] for name in names if attributes.get(name)), "") or ""
        return found[:150] if found.isprintable() else ""

    groups = frozenset(one for one in attributes.get(settings.SAML_GROUPS, []) if one and len(one) <= 255)
    shown = frozenset(read.get_authn_contexts())
    return Claims(
        subject,
        first("uid", "username"),
        first("givenName", "first_name"),
        first("sn", "last_name"),
        "",
        groups,
        shown,
        _signed_in(read),
        (read.get_session_index() or "")[:255],
    )


def _signed_in(read: Any) -> int:
    """When the provider last asked them who they are (seconds), as stands in what it signed."""
    from onelogin.saml2.utils import OneLogin_Saml2_Utils

    (statement,) = read._query_assertion("/saml:AuthnStatement")
    return int(OneLogin_Saml2_Utils.parse_SAML_to_time(statement.get("AuthnInstant")))


def _request(back: str) -> dict[str, Any]:
    """The request as the toolkit wants to hear of it: what came to the address that we named."""
    at = urlsplit(back)
    return {
        "https": "on" if at.scheme == "https" else "off", "http_host": at.netloc, "script_name": at.path,
        "get_data": {}, "post_data": {},
    }  # fmt: skip


def _settings(own: str, back: str, out: str = "") -> dict[str, Any]:
    keys = {"x509cert": settings.SAML_CERTIFICATE, "privateKey": settings.SAML_KEY} if settings.SAML_KEY else {}
    ours = {"singleLogoutService": {"url": out, "binding": REDIRECT}} if out and settings.SAML_SIGN_OUT else {}
    theirs = {"singleLogoutService": {"url": settings.SAML_SIGN_OUT, "binding": REDIRECT}} if ours else {}
    return {
        "strict": True, "debug": False,
        "sp": {
            "entityId": own, "assertionConsumerService": {"url": back, "binding": POST}, "NameIDFormat": PERSISTENT,
            **keys, **ours,
        },
        "idp": {
            "entityId": settings.SAML_PROVIDER,
            "singleSignOnService": {"url": settings.SAML_SIGN_IN, "binding": REDIRECT}, **theirs,
            "x509certMulti": {"signing": settings.SAML_CERTIFICATES},
        },
        "security": {
            "wantAssertionsSigned": True, "wantNameId": True, "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False, "allowSingleLabelDomains": not settings.PRODUCTION,
            "logoutRequestSigned": bool(keys), "logoutResponseSigned": bool(keys),
            "signMetadata": False, "rejectUnsolicitedResponsesWithInResponseTo": True,
        },
    }  # fmt: skip
