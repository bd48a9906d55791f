"""How do people and groups look to a directory, in the words of SCIM, and what does it want of them?

The protocol (filters, PATCH, paging, versions, errors) is scim2-server's; this is where it reads and writes. Loaded
with the first request that asks: a product without a directory does not pay for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from scim2_models import (
    InvalidValueException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    Schema,
    ScimProvider,
    SearchRequest,
    ServiceProviderConfig,
    UniquenessException,
)
from scim2_server.conditions import opaque_tag
from scim2_server.handler import ScimHandler
from scim2_server.service import ScimService
from scim2_server.storage import ScimStorage, SearchPage
from scim2_server.utils import load_default_resource_types, load_json_resource

from casework.scim import directory
from casework.scim.directory import Wanted
from casework.scim.models import DirectoryRecord
from casework.web.asked import number_in
from orchestration.ground.refusals import Refused

Json = dict[str, Any]

KEPT: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "urn:ietf:params:scim:schemas:core:2.0:User": {
        "userName": (), "active": (), "name": ("givenName", "familyName"), "emails": ("value", "type", "primary"),
    },
    "urn:ietf:params:scim:schemas:core:2.0:Group": {"displayName": (), "members": ("value", "$ref")},
}  # fmt: skip
"""What is kept of the schemas of RFC 7643; the directory is told so by `/Schemas`."""
STAY: Final = frozenset({"userName", "displayName"})
"""Names by which histories know people and groups."""
MOST: Final = 200
MOST_AT_ONCE: Final = 100
"""Operations of one bulk request."""
CONFIG: Final = {
    "patch": {"supported": True},
    "bulk": {"supported": True, "maxOperations": MOST_AT_ONCE, "maxPayloadSize": 256 * 1024},
    "filter": {"supported": True, "maxResults": MOST}, "changePassword": {"supported": False},
    "sort": {"supported": True}, "etag": {"supported": True},
    "authenticationSchemes": [{"type": "oauthbearertoken", "name": "Bearer token",
                               "description": "A token of a service (RFC 6750)."}],
}  # fmt: skip


@cache
def service() -> ScimService:
    types = []
    for one in load_default_resource_types().values():
        one.schema_extensions = None
        types.append(one)
    config = ServiceProviderConfig.model_validate(CONFIG)
    return ScimService(ScimProvider.from_discovery(list(_schemas()), types, config=config))


def handler(by: User) -> ScimHandler:
    """For this directory: who it is stands with each change."""
    return ScimHandler(service(), Directory(by))


def _schemas() -> Iterable[Schema]:
    for described in load_json_resource("default-schemas.json"):
        if kept := KEPT.get(described["id"]):
            attributes = [_cut(one, kept[one["name"]]) for one in described["attributes"] if one["name"] in kept]
            yield Schema.model_validate(described | {"attributes": attributes})


def _cut(attribute: Json, kept: tuple[str, ...]) -> Json:
    below = [one for one in attribute.get("subAttributes", ()) if one["name"] in kept]
    if attribute["name"] == "members":
        below = [one | ({"referenceTypes": ["User"]} if one["name"] == "$ref" else {}) for one in below]
    stays = {"mutability": "immutable"} if attribute["name"] in STAY else {}
    return attribute | ({"subAttributes": below} if below else {}) | stays


class Directory(ScimStorage):
    """People and groups as a storage of SCIM resources."""

    def __init__(self, by: User) -> None:
        self.by = by

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Each by itself, also of many at once: one that cannot be done undoes no other."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError:  # somebody else has made the same a moment ago
            raise UniquenessException from None

    def get(self, resource_type: ResourceType, resource_id: str, *, response_parameters: Any = None) -> Resource[Any]:
        return self._shown(resource_type, self._row(resource_type, resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """All that fit, and of them the page. Those of one name are found by it; for other filters all are read."""
        name = _named(search_request)
        every = (self._shown(kind, row) for kind in resource_types for row in self._rows(kind, name))
        found = [one for one in every if search_request.filter is None or search_request.filter.match(one)]
        if search_request.sort_by is not None:
            down = search_request.sort_order == SearchRequest.SortOrder.descending
            keyed = [(search_request.sort_value(one), one) for one in found]
            valued = sorted(((key, one) for key, one in keyed if key is not None), key=lambda pair: pair[0])
            found = [one for _, one in (reversed(valued) if down else valued)]
            found += [one for key, one in keyed if key is None]
        start = search_request.start_index_0 or 0
        stop = None if search_request.count is None else start + search_request.count
        return SearchPage(len(found), found[start:stop])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if resource_type.id == "User":
            made: Any = directory.person_add(by=self.by, wanted=_wanted(resource))
        else:
            made = directory.group_add(
                by=self.by, name=_called(resource), external_id=resource.external_id or "",
                members=_members(resource),
            )  # fmt: skip
        return self._again(resource_type, _done(made).pk)

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        row = self._row(resource_type, str(resource.id), lock=True)
        self._unchanged(resource_type, row, expected_version)
        if isinstance(row, User):
            wanted = _wanted(resource)
            _stays(wanted.name, row.username)
            outcome: Any = directory.person_change(by=self.by, number=row.pk, wanted=wanted)
        else:
            _stays(_called(resource), row.name)
            outcome = directory.group_change(
                by=self.by, number=row.pk, external_id=resource.external_id or "", members=_members(resource)
            )
        return self._again(resource_type, _done(outcome).pk)

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        row = self._row(resource_type, resource_id, lock=True)
        self._unchanged(resource_type, row, expected_version)
        if isinstance(row, User):
            _done(directory.person_remove(by=self.by, user=row))
        else:
            _done(directory.group_remove(by=self.by, group=row))

    def _rows(self, kind: ResourceType, name: str = "") -> Iterable[User | Group]:
        if kind.id == "User":
            return directory.persons().filter(username__iexact=name) if name else directory.persons()
        return directory.groups().prefetch_related("user_set")

    def _row(self, kind: ResourceType, number: str, *, lock: bool = False) -> Any:
        """The row; locked, where it is changed. Raises NotFoundException."""
        rows: Any = directory.persons() if kind.id == "User" else directory.groups()
        pk = number_in(number)
        found = rows.filter(pk=pk).first()
        if found is None:
            raise NotFoundException(detail=f"There is no {kind.name} {number[:40]!r}.")
        if lock:
            type(found).objects.select_for_update(no_key=True).get(pk=pk)
            found = rows.get(pk=pk)
        return found

    def _again(self, kind: ResourceType, number: int) -> Resource[Any]:
        return self._shown(kind, self._row(kind, str(number)))

    def _shown(self, kind: ResourceType, row: User | Group) -> Resource[Any]:
        record: DirectoryRecord | None = getattr(row, "directory", None)
        told = _person(row, record) if isinstance(row, User) else _group(row)
        told |= {"id": str(row.pk), "schemas": [str(kind.schema_)]}
        told |= {"externalId": record.external_id} if record is not None and record.external_id else {}
        version = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:20]
        created = record.created if record is not None else getattr(row, "date_joined", None)
        modified = record.modified if record is not None else created
        meta = {"resourceType": kind.name, "version": f'W/"{version}"'}
        times = {"created": created.isoformat(), "lastModified": modified.isoformat()} if created and modified else {}
        found: Resource[Any] = service().get_model(kind).model_validate(told | {"meta": meta | times})
        return found

    def _unchanged(self, kind: ResourceType, row: User | Group, version: str | None) -> None:
        shown = self._shown(kind, row)
        if (
            version is not None
            and shown.meta is not None
            and opaque_tag(str(shown.meta.version)) != opaque_tag(version)
        ):
            raise PreconditionFailedException


def _person(user: User, record: DirectoryRecord | None) -> Json:
    emails = record.emails if record is not None else []
    if user.email and user.email not in [one.get("value") for one in emails]:
        emails = [{"value": user.email, "primary": True}]  # changed here since
    names = {"givenName": user.first_name, "familyName": user.last_name}
    name = {key: value for key, value in names.items() if value}
    told: Json = {"userName": user.username, "active": user.is_active}
    return told | ({"emails": emails} if emails else {}) | ({"name": name} if name else {})


def _group(group: Group) -> Json:
    kept = sorted(user.pk for user in group.user_set.all())
    members = [{"value": str(pk), "$ref": f"Users/{pk}"} for pk in kept]
    return {"displayName": group.name} | ({"members": members} if members else {})


def _wanted(resource: Any) -> Wanted:
    name = resource.name
    emails = [one.model_dump(exclude_none=True, mode="json") for one in resource.emails or ()]
    return Wanted(
        resource.user_name or "", (name and name.given_name) or "", (name and name.family_name) or "",
        tuple(emails), resource.active, resource.external_id or "",
    )  # fmt: skip


def _called(group: Any) -> str:
    return str(group.display_name or "")


def _members(resource: Any) -> list[int]:
    found = [number_in(str(one.value or "")) for one in resource.members or ()]
    if not all(found):
        raise InvalidValueException(detail="A member is named by the id of a User here.")
    return found


def _named(search: SearchRequest[Any]) -> str:
    """The sign-in name that a filter asks for by itself, as directories do first; "": it asks otherwise."""
    node = None if search.filter is None else search.filter.ast
    path, value = str(getattr(node, "attr_path", "")), getattr(node, "value", None)
    is_equal = str(getattr(getattr(node, "op", None), "value", "")) == "eq"
    return value if is_equal and path.lower() == "username" and isinstance(value, str) else ""


def _stays(wanted: Any, now: str) -> None:
    if wanted is not None and wanted != now:
        raise InvalidValueException(detail="The name stays as it was made: histories name people and groups by it.")


def _done(outcome: Any) -> Any:
    """The row. Raises the exception that says a refusal in SCIM."""
    if not isinstance(outcome, Refused):
        return outcome
    if outcome.code == "exists":
        raise UniquenessException(detail=outcome.message)
    raise InvalidValueException(detail=" ".join([outcome.message, *outcome.errors.values()]))
