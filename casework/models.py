"""Which rows do people see and which say what they may do?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from audit.db.sealed_fields import SealedText
from casework.access.client_models import ClientSecret as ClientSecret
from casework.access.client_models import ServicePrincipal as ServicePrincipal
from casework.access.delegation_models import ActedFor as ActedFor
from casework.access.delegation_models import Delegation as Delegation
from casework.access.desk_models import DeskChoice as DeskChoice
from casework.access.factor_models import CodeApp as CodeApp
from casework.access.factor_models import Passkey as Passkey
from casework.access.factor_models import RecoveryCode as RecoveryCode
from casework.access.glass_models import GlassReview as GlassReview
from casework.access.glass_models import RevealNotice as RevealNotice
from casework.access.models import ApiToken as ApiToken  # Django finds models by this module
from casework.access.models import GroupPurpose as GroupPurpose
from casework.access.models import SignedIn as SignedIn
from casework.access.oidc_models import ExternalIdentity as ExternalIdentity
from casework.access.oidc_models import GroupClaim as GroupClaim
from casework.access.unit_models import BusinessUnit as BusinessUnit
from casework.access.unit_models import GroupUnit as GroupUnit
from casework.access.unit_models import HomeUnit as HomeUnit
from casework.access.unit_models import Reach as Reach
from casework.access.unit_models import Sight as Sight
from casework.access.unit_models import UnitAddress as UnitAddress
from casework.access.unit_models import UnitPolicy as UnitPolicy
from casework.access.unit_models import UnitRole as UnitRole
from casework.agents.models import TaskPush as TaskPush
from casework.comments.models import Comment as Comment
from casework.comments.models import CommentNotice as CommentNotice
from casework.deadlines.models import Deadline as Deadline
from casework.deadlines.models import DeadlineNotice as DeadlineNotice
from casework.deadlines.models import WorkingCalendar as WorkingCalendar
from casework.documents.models import Document as Document
from casework.documents.models import ReadField as ReadField
from casework.documents.models import Reading as Reading
from casework.documents.models import ReadPage as ReadPage
from casework.erasure.models import ErasureOrder as ErasureOrder
from casework.erasure.models import LegalHold as LegalHold
from casework.erasure.models import RetentionRule as RetentionRule
from casework.explaining.models import Contest as Contest
from casework.governance.models import RulesOwner as RulesOwner
from casework.lists.models import DefaultView as DefaultView
from casework.lists.models import ListedValue as ListedValue
from casework.lists.models import SavedView as SavedView
from casework.people.models import RightsProposal as RightsProposal
from casework.scim.models import DirectoryRecord as DirectoryRecord
from casework.systems.models import Comparison as Comparison
from casework.systems.models import OwnerChange as OwnerChange
from casework.tasks.models import AutoAssignment as AutoAssignment
from casework.tasks.models import BarredTask as BarredTask
from casework.tasks.models import Considered as Considered
from casework.tasks.models import FirstAnswer as FirstAnswer
from casework.tasks.models import Skill as Skill
from casework.tasks.models import Turn as Turn
from orchestration.ground.counts import counted
from orchestration.models import HumanTask, Instance


class Case(models.Model):
    """What people call a case: the searchable face of a root instance. Its data stands in the instance."""

    instance = models.OneToOneField(Instance, models.CASCADE, related_name="case")
    case_type = models.CharField(max_length=64)
    source = models.CharField(max_length=64, help_text="who sent it in: form, api, a file")
    reference = models.CharField(max_length=100, help_text="the sender's own reference: intake twice makes one case")
    reference_key = models.CharField(max_length=250, help_text="the reference folded: what reads alike is one")
    data_digest = models.CharField(
        max_length=32, blank=True, db_default="", help_text="keyed digest of what was sent in; empty: from before"
    )
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=64, help_text="the named state that people speak of")
    closed = models.BooleanField(default=False)
    created = models.DateTimeField()
    updated = models.DateTimeField()
    unit = models.ForeignKey(BusinessUnit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    units = ArrayField(
        models.BigIntegerField(), default=list, db_default=[], help_text="its unit and those above; a trigger keeps it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_type", "source", "reference_key"], name="intake_once_alike")
        ]
        indexes = [
            models.Index(fields=["unit"], name="case_of_unit", condition=~Q(unit=None)),
            models.Index(OpClass(F("reference_key"), "text_pattern_ops"), name="case_by_reference_key"),
        ]
        permissions = [
            ("work_case", "May work the case's tasks"),
            ("reply_case", "May hand in from outside what the case waits for"),
            ("reveal_case", "May reveal masked data, with a reason"),
            ("assign_case", "May give the case's tasks to people, and say how urgent they are and when they are due"),
            ("audit_case", "May read and verify the case's history"),
            ("break_glass", "May see a whole case for an hour in an emergency"),
            ("view_as", "May view the product as somebody else does, and change nothing"),
            ("erase_case", "May say how long cases are kept, and have a person's data found and erased"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def granted(self) -> dict[int, frozenset[str]]:
        """What was found that people (by id) may do to this row since it was fetched; `access.permissions` fills it."""
        return {}


class ListedCase(models.Model):
    """A case as it stands in the list of a reader: the groups and people who may view it, and who may view all.

    Triggers keep it equal to `Case` and guardian's tables, whoever changes them, so that a page of the list is read in
    its order by an index, with each filter, for whoever looks.
    """

    pk = models.CompositePrimaryKey("case_id", "reader")
    reader = models.BigIntegerField(
        help_text="a group; a person, negative; 0: who may view all cases; in a unit and below: `access.reach`"
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    case_type = models.CharField(max_length=64)
    state = models.CharField(max_length=64)
    closed = models.BooleanField()
    created = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["reader", "closed", "-created", "-case"], name="listed_newest"),
            models.Index(
                fields=["reader", "case_type", "state", "closed", "-created", "-case"], name="listed_by_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} for {self.reader}"


class SearchedCase(models.Model):
    """The words that find a case (`cases.search_words`), each behind the least clearance that reads it in clear."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    face = ArrayField(models.TextField(), help_text="words of title and reference")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="searched_by_words")]

    def __str__(self) -> str:
        return f"words of {self.case_id}"


class SearchedWord(models.Model):
    """A word by which some case is found, behind its clearance as in `SearchedCase`: what slips are corrected to.

    One may stand here twice, or be of no case any more; neither finds anything.
    """

    word = models.TextField(db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["word"], name="searched_word")]

    def __str__(self) -> str:
        return self.word


class CaseUserObjectPermission(UserObjectPermissionBase):
    """Guardian's direct table: a person's permission on one case."""

    content_object = models.ForeignKey(Case, models.CASCADE)


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian's direct table: a group's permission on one case."""

    content_object = models.ForeignKey(Case, models.CASCADE)


class GroupClearance(models.Model):
    """How much a group may see unmasked; a person has the highest of their groups'."""

    class Level(models.TextChoices):
        PUBLIC = "public"
        INTERNAL = "internal"
        CONFIDENTIAL = "confidential"
        RESTRICTED = "restricted"

    group = models.OneToOneField(Group, models.CASCADE, related_name="clearance")
    level = models.CharField(max_length=12, choices=Level, default=Level.INTERNAL)

    def __str__(self) -> str:
        return f"{self.group_id}: {self.level}"


class GroupRate(models.Model):
    """What an hour of work of the people of a group is taken to cost, so that their work has a price like a machine's.

    Of a person in several groups the highest counts.
    """

    group = models.OneToOneField(Group, models.CASCADE, related_name="rate")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")

    def __str__(self) -> str:
        return f"{self.group_id}: {self.amount} {self.currency} an hour"


class Reveal(models.Model):
    """A masked field that a person may see for a while, and why they asked."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reveals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    path = models.CharField(max_length=200)
    reason = SealedText(max_length=500, of="case.instance_id")
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "person", "until"], name="reveal_lookup")]

    def __str__(self) -> str:
        return f"{self.person_id} sees {self.path} of case {self.case_id}"


class CasePast(models.Model):
    """What the pages of a case need of its past (`casework.cases.read.past`), up to an event of its history."""

    instance = models.OneToOneField(Instance, models.CASCADE, primary_key=True, related_name="+")
    upto = models.IntegerField()
    document = models.BinaryField()

    def __str__(self) -> str:
        return f"past of {self.instance_id} up to {self.upto}"


class FormerValue(models.Model):
    """A value that stood in a hidden field of a case, in the forms in which it is sought and masked in texts."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=32, help_text="keyed digest of place and forms, so that each is kept once")
    pointer = models.TextField(help_text="where it stood, as a JSON Pointer")
    forms = models.TextField()
    seeds = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instance", "digest"], name="former_value_once")]

    def __str__(self) -> str:
        return f"{self.pointer} of {self.instance_id}"


class OwnWords(models.Model):
    """What a person wrote in a case and would be shown masked: a keyed digest of it, so that they see it as written.

    A mask over one's own guess would tell that it is right.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person", "digest"], name="own_words_once")]

    def __str__(self) -> str:
        return f"words of {self.person_id} in case {self.case_id}"


class Proposal(models.Model):
    """What an admin has uploaded, sound and ready to become a version, until they publish or discard it."""

    key = models.CharField(max_length=64)
    based_on = models.IntegerField(help_text="the version that it was compared with; 0: the case type was new")
    files = models.JSONField(help_text="all files of the version that it would make, by name")
    left_out = models.JSONField(default=list, help_text="names in the upload that make no part of a version")
    source = models.CharField(max_length=200, help_text="the name of the uploaded file")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="proposals")
    created = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key} from {self.source}"


class SignInLimit(models.Model):
    """How often sign-in has failed for a name or an address (a keyed digest); `until`: when it may be tried again."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.IntegerField()
    last = models.DateTimeField(db_index=True)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{counted(self.failures, 'failure')}"


class UnsentForm(models.Model):
    """What somebody typed into a form that could not be taken, because their session had ended."""

    token = models.CharField(max_length=43, unique=True, help_text="names it in the address of the page")
    mark = models.CharField(max_length=20, default="", help_text="for whom the form was made: `web.made_for`")
    action = models.CharField(max_length=500, help_text="the address that the form was sent to")
    fields = SealedText(help_text="names and values, as a form sends them", shared="unsent-forms")
    created = models.DateTimeField()

    def __str__(self) -> str:
        return f"a form for {self.action}"


class Visit(models.Model):
    """How far a person has seen a case, for what is new to them and for their way back to it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    upto = models.IntegerField(help_text="the newest event when they looked last")
    before = models.IntegerField(help_text="the newest event at the end of their visit before this one")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="visit_once")]
        indexes = [models.Index(fields=["person", "-at"], name="visit_newest")]

    def __str__(self) -> str:
        return f"{self.person_id} saw case {self.case_id} up to {self.upto}"


class Draft(models.Model):
    """What a person has begun to write into a form of a case and not sent; read on that form's page by them alone.

    It goes with its case, and stands as protected as the case's data.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    form = models.CharField(max_length=300, help_text="the address that the form is sent to")
    fields = models.TextField(help_text="names and values, as a form sends them")
    version = models.IntegerField(help_text="grows with each writing, so that one window does not overwrite another")
    kept = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "form"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.person_id} for {self.form}"


class Absence(models.Model):
    """Somebody is away until then, and is given no work meanwhile; one that is over says nothing any more."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absence")
    until = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id} until {self.until}"


class Snooze(models.Model):
    """A task sleeps for a person (`casework.tasks.snooze`); one that has woken says nothing any more."""

    task = models.ForeignKey(HumanTask, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(help_text="when they said so: what happens after this wakes it")
    until = models.DateTimeField(null=True, blank=True)
    on_change = models.BooleanField(default=False, help_text="until something happens in the case")
    reason = SealedText(max_length=200, blank=True, of="task.instance_id")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "task"], name="snooze_once")]

    def __str__(self) -> str:
        return f"task {self.task_id} sleeps for {self.person_id}"


class Follow(models.Model):
    """A person wants to hear what happens in a case. Whether they may still see it is asked when they look."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="followers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.person_id} follows case {self.case_id}"
