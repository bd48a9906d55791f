"""Who does what a parcel needs? Four actors of different kinds, and one that is dead and would come first.

A connector over HTTP, one over SOAP, a model that is served elsewhere, and a worker outside that fetches its work. What
the dead one is asked, a server takes and never answers.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from audit.services import Origin
from orchestration.actors.connectors import Wanted, connector_register
from orchestration.actors.hosts.register import host_allow
from orchestration.actors.registration import actor_edit, actor_register, version_step
from orchestration.actors.tokens import token_make
from orchestration.ground.refusals import Refused
from orchestration.messaging.registering import inlet_add
from orchestration.models import Actor, ActorVersion, Inlet
from tests.chaos.machine import DEADLINE

DEAD = "charge-dead"
CHARGE = """
capability: charge
method: POST
url: {url}/charge
idempotency: Idempotency-Key
timeout: {timeout}
body: {{order: "= input.order"}}
answers:
  - when: status = 200
    output: {{step: "= body.step"}}
"""
LABEL = """
capability: label
url: {url}/label
idempotency: Idempotency-Key
envelope: |
  <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:parcels">
    <soap:Body><p:Label><p:order>{{input.order}}</p:order></p:Label></soap:Body>
  </soap:Envelope>
answers:
  - when: status = 200
    output: {{step: "= body.Labelled.step"}}
"""
WEIGH = """
capability: weigh
url: {url}
model: scales
inputs:
  - {{name: order, datatype: INT64, shape: [1], data: "= [input.order]"}}
answers:
  - when: status = 200 and outputs.grams != null
    output: {{grams: "= outputs.grams[1]"}}
"""


def registered(origin: Origin) -> str:
    """All five are at work; the token of the worker outside."""
    here, nowhere = os.environ["MACHINE_URL"], os.environ["DEAD_URL"]
    for url in (here, nowhere):
        place = urlsplit(url)
        host_allow(str(place.hostname), place.port, private=True, origin=origin)
    _connector("http", "charge", CHARGE.format(url=here, timeout=10), origin)
    _connector("http", DEAD, CHARGE.format(url=nowhere, timeout=DEADLINE), origin)
    _connector("soap", "label", LABEL.format(url=here), origin)
    _connector("served-model", "weigh", WEIGH.format(url=here), origin)
    first = actor_edit(actor=Actor.objects.get(key=DEAD), card={}, by=origin, reason="It is to come first.", rank=-1)
    assert not isinstance(first, Refused), first
    return _fetched(origin)


def heard(origin: Origin) -> None:
    """Another system may tell of arrivals, by the order that arrived."""
    added = inlet_add(
        Inlet(key="arrivals", name="Arrivals", message="arrived", secret="arrivals", correlation="event.data.order"),
        origin,
    )
    assert isinstance(added, Inlet), added


def _connector(kind: str, key: str, file: str, origin: Origin) -> None:
    made = connector_register(Wanted(kind, key, file.encode(), key.title(), use=True), origin)
    assert isinstance(made, ActorVersion), made


def _fetched(origin: Origin) -> str:
    made = actor_register(key="carry", name="Carrier", kind="external", capability="carry", by=origin)
    assert isinstance(made, Actor), made
    used = version_step(row=made.versions.get(), to=ActorVersion.State.IN_USE, by=origin)
    assert isinstance(used, ActorVersion), used
    return token_make(made, "chaos", None, origin)[1]
