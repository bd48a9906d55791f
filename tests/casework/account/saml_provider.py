"""A SAML identity provider that says what a test has it say, also what an honest one never would."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import Client
from lxml import etree
from signxml.signer import XMLSigner

PROVIDER = "https://saml.example.org/idp"
HOST = "http://testserver"
NAMES = {"samlp": "urn:oasis:names:tc:SAML:2.0:protocol", "saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="{now}"
 Destination="{recipient}" InResponseTo="{question}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="_a1" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="{format}">{subject}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{end}" Recipient="{recipient}" InResponseTo="{question}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{begin}" NotOnOrAfter="{end}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{instant}" SessionIndex="i-1"><saml:AuthnContext>
<saml:AuthnContextClassRef>{context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>
<saml:Attribute Name="givenName"><saml:AttributeValue>Nora</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement></saml:Assertion></samlp:Response>"""


LOGOUT = """<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{name}" Version="2.0" IssueInstant="{now}"
 NotOnOrAfter="{end}" Destination="{out}"><saml:Issuer>{issuer}</saml:Issuer>
<saml:NameID Format="{format}">{subject}</saml:NameID>
<samlp:SessionIndex>{session}</samlp:SessionIndex></samlp:LogoutRequest>"""


class SamlProvider:
    """`says`: what stands in the next assertions; `signs`: whether they are signed, and with which key."""

    def __init__(self) -> None:
        self.key, self.certificate = pair()
        self.says: dict[str, str] = {}
        self.signs = True

    @property
    def settings(self) -> dict[str, Any]:
        text = self.certificate.public_bytes(Encoding.PEM).decode()
        body = "".join(line for line in text.splitlines() if "CERTIFICATE" not in line)
        return {
            "SAML_PROVIDER": PROVIDER, "SAML_SIGN_IN": f"{PROVIDER}/sign-in", "SAML_CERTIFICATES": [body],
            "SAML_NAME": "the ministry",
        }  # fmt: skip

    def answer(self, address: str) -> tuple[etree._Element, str]:
        """To the question in the address that the browser was sent to: the response, and the state it came with."""
        asked = {name: texts[0] for name, texts in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{PROVIDER}/sign-in?"), address
        question = etree.fromstring(zlib.decompress(b64decode(asked["SAMLRequest"]), -15)).get("ID")
        now = datetime.now(UTC)
        told = {
            "now": _at(now), "begin": _at(now - timedelta(minutes=1)), "end": _at(now + timedelta(minutes=5)),
            "instant": _at(now),
            "recipient": f"{HOST}/login/saml/back/", "audience": f"{HOST}/login/saml/metadata/", "issuer": PROVIDER,
            "question": str(question), "subject": "s-1", "format": PERSISTENT,
            "context": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
        }  # fmt: skip
        response = etree.fromstring(RESPONSE.format(**told | self.says))
        return (self.signed(response) if self.signs else response), asked["RelayState"]

    def ends(self, subject: str = "s-1", session: str = "i-1", name: str = "_l1", *, signs: bool = True) -> str:
        """The address to which it sends a browser, so that a session ends with us, too."""
        now = datetime.now(UTC)
        said = LOGOUT.format(
            name=name, now=_at(now), end=_at(now + timedelta(minutes=5)), issuer=self.says.get("issuer", PROVIDER),
            format=PERSISTENT, subject=subject, session=session, out=f"{HOST}/login/saml/out/",
        )  # fmt: skip
        shrunk = zlib.compressobj(9, zlib.DEFLATED, -15)
        query = {"SAMLRequest": b64encode(shrunk.compress(said.encode()) + shrunk.flush()).decode(), "RelayState": "r"}
        if signs:
            query["SigAlg"] = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
            signature = self.key.sign(urlencode(query).encode(), padding.PKCS1v15(), hashes.SHA256())
            query["Signature"] = b64encode(signature).decode()
        return f"/login/saml/out/?{urlencode(query)}"

    def encrypted(self, response: etree._Element, certificate: str) -> etree._Element:
        """The response with its assertion encrypted for who has the key of this certificate (PEM)."""
        xmlsec: Any = import_module("xmlsec")
        assertion = response.find("saml:Assertion", NAMES)
        assert assertion is not None
        held = etree.SubElement(response, f"{{{NAMES['saml']}}}EncryptedAssertion")
        held.append(assertion)
        keys = xmlsec.KeysManager()
        keys.add_key(xmlsec.Key.from_memory(certificate.encode(), xmlsec.KeyFormat.CERT_PEM))
        content = xmlsec.template.encrypted_data_create(
            response, xmlsec.Transform.AES256, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
        )  # fmt: skip
        xmlsec.template.encrypted_data_ensure_cipher_value(content)
        info = xmlsec.template.encrypted_data_ensure_key_info(content, ns="dsig")
        key = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
        xmlsec.template.encrypted_data_ensure_cipher_value(key)
        context = xmlsec.EncryptionContext(keys)
        context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
        context.encrypt_xml(content, assertion)
        return response

    def signed(self, response: etree._Element) -> etree._Element:
        assertion = response.find("saml:Assertion", NAMES)
        assert assertion is not None
        signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
        made = signer.sign(assertion, key=self.key, cert=[self.certificate], reference_uri="_a1", id_attribute="ID")
        signature = made.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
        made.remove(signature)
        made.insert(1, signature)  # behind the issuer, as the schema wants it
        response.replace(assertion, made)
        return response


def sent_back(browser: Client, response: etree._Element, state: str) -> Any:
    """The provider's page posts the answer without our session; the button of ours sends it on with it."""
    form = {"SAMLResponse": b64encode(etree.tostring(response)).decode(), "RelayState": state}
    page = Client().post("/login/saml/back/", form)
    assert page.status_code == 200 and form["SAMLResponse"] in page.content.decode()
    return browser.post("/login/saml/in/", form)


def pair() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a provider")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    return key, made.sign(key, hashes.SHA256())


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
