"""What the office keeps: the town and its places, documents and their histories, kiosks and what they sent.

Rows only. What may happen to a document stands in `lifecycle`, what travels to kiosks in `changes` and `travelling`,
what a kiosk may do in `line`. Longer than other modules, because these tables refer to one another; those that stand by
themselves lie with their own part of the office (`kept`).
"""

from __future__ import annotations

import uuid
from typing import Any, Never

from django.conf import settings
from django.db import models

from central_office.contract.document_number import DocumentNumber
from central_office.contract.letter_code import LetterCode, TownKey
from central_office.contract.stages import READY_STAGES, DocumentKind, Stage
from central_office.office.audit.kept import DailyDigest
from central_office.office.bulky.kept import BulkyOrder, CrewSheet, Household, OrderStep, Voucher, WasteFile
from central_office.office.capacity import Lease, Reservation, Resource
from central_office.office.employees.kept import CompartmentMark, StaffDeed, StaffPass
from central_office.office.pickups.kept import Pickup
from central_office.office.sales.kept import (
    BagColumn,
    BagPass,
    BagRefill,
    ClosedDay,
    Sale,
    SaleLine,
    TariffFile,
    TariffPrice,
    TillReport,
)

__all__ = [
    "Attempt", "BagColumn", "BagPass", "BagRefill", "BulkyOrder", "Change", "ClosedDay", "CompartmentMark", "CrewSheet",
    "DailyDigest", "DeskEntry", "Document", "EnrolmentToken", "HistoryEntry", "Household", "Kiosk", "Lease",
    "OrderStep", "Pickup", "Place", "ReceivedCommand", "Reservation", "Resource", "Sale", "SaleLine", "StaffDeed",
    "StaffNote", "StaffPass", "TariffFile", "TariffPrice", "TillReport", "Town", "Visit", "Voucher", "WasteFile",
]  # fmt: skip


class Town(models.Model):
    """The one town of this office; one database holds one town, which is also its data protection boundary."""

    key = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=80)
    short = models.CharField(max_length=4)
    office = models.CharField(max_length=80)
    street = models.CharField(max_length=80)
    postcode = models.CharField(max_length=10)
    phone = models.CharField(max_length=40)
    website = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=40, default="Europe/Berlin")
    authority = models.CharField(max_length=4)
    main_place = models.CharField(max_length=40)
    # Names this life of the database: after a restore from backup a new epoch makes every kiosk fetch a snapshot.
    epoch = models.CharField(max_length=40)
    # Changes up to here are gone from the log: an older cursor needs a snapshot.
    pruned_xid = models.BigIntegerField(default=0)
    pruned_id = models.BigIntegerField(default=0)
    reference_year = models.PositiveSmallIntegerField(default=0)
    reference_last = models.PositiveIntegerField(default=0)
    kiosk_last = models.PositiveIntegerField(default=0)
    collect = models.JSONField(default=dict)  # `[collect]` of the town's file
    identify = models.JSONField(default=dict)  # `[identify]` of the town's file
    # Counts changes to who may sign in at kiosks; 0 as long as nobody may.
    staff_version = models.PositiveIntegerField(default=0)
    config = models.CharField(max_length=64, blank=True)  # SHA-256 of the `Config` that kiosks are to use

    def __str__(self) -> str:
        return self.name

    @property
    def town_key(self) -> TownKey:
        """The key in the contract's type."""
        return TownKey(self.key)


class Place(models.Model):
    """Where documents wait for their holders."""

    key = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    way = models.CharField(max_length=120, blank=True)
    opening = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)
    box = models.BooleanField(default=False)

    class Meta:
        """The order of the town's file."""

        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """An identity document on its way; `stage` repeats the last line of its history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in DocumentKind])
    number = models.CharField(max_length=9, unique=True)
    birth_date = models.DateField()
    holder = models.CharField(max_length=120)
    reference = models.CharField(max_length=20, unique=True)
    token = models.CharField(max_length=32, unique=True)  # 16 bytes in hexadecimal: the letter's secret
    stage = models.CharField(max_length=24, choices=[(stage.value, stage.value) for stage in Stage], db_index=True)
    stage_since = models.DateTimeField()
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT)
    expected_on = models.DateField(null=True, blank=True)
    collect_until = models.DateField(null=True, blank=True)
    # The application says that its compartment must be reached sitting.
    reach = models.BooleanField(default=False)
    # The JSON of the `DocumentStatus` that travels to kiosks, rewritten with every change: a snapshot of all documents
    # is then one walk through one table.
    travels = models.TextField()
    # The secret of number and birth date, made once for all kiosks because it costs time; null until it is made.
    number_secret = models.BinaryField(null=True, max_length=64)
    # The holder's name and birth date, stretched once for all of her documents, and which of hers this one is; null
    # where no card finds it. `card_due`: nobody looked yet, or somebody of that birth date came, went or was renamed.
    card_key = models.BinaryField(null=True, max_length=32)
    card_place = models.PositiveSmallIntegerField(null=True)
    card_due = models.BooleanField(default=True)

    class Meta:
        """Newest movement first, as staff look at it."""

        ordering = ("-stage_since", "reference")
        indexes = (
            models.Index(fields=["id"], condition=models.Q(number_secret=None), name="document_without_secret"),
            models.Index(fields=["id"], condition=models.Q(card_due=True), name="document_card_due"),
            models.Index(fields=["birth_date"], name="document_born"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def at_stage(self) -> Stage:
        """The stage in the contract's type."""
        return Stage(self.stage)

    @property
    def of_kind(self) -> DocumentKind:
        """The kind in the contract's type."""
        return DocumentKind(self.kind)

    @property
    def document_number(self) -> DocumentNumber:
        """The number in the contract's type."""
        return DocumentNumber(self.number)

    @property
    def ready(self) -> bool:
        """Whether the holder can collect it."""
        return self.at_stage in READY_STAGES

    def letter_code(self, town: TownKey) -> LetterCode:
        """The code that stands on the letter."""
        return LetterCode(town, bytes.fromhex(self.token))


class HistoryEntry(models.Model):
    """One line of a document's history: which stage, when, by whom. Never changed (the database refuses it too)."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="history")
    stage = models.CharField(max_length=24)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)  # a name that outlives the account

    class Meta:
        """Oldest first."""

        ordering = ("id",)
        indexes = (models.Index(fields=["document", "id"]),)

    def __str__(self) -> str:
        return f"{self.stage} {self.at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        """Write a new line; an old one stands.

        Raises:
            TypeError: the line is already written.
        """
        if self.pk is not None:
            raise TypeError("a history line is never changed")
        super().save(*args, **kwargs)

    @property
    def at_stage(self) -> Stage:
        """The stage in the contract's type."""
        return Stage(self.stage)


class Change(models.Model):
    """One step of the `docs` log: this document changed, or is gone. `changes` reads and writes it."""

    # The database's transaction number (PostgreSQL) or 0 (SQLite, which has one writer); see `changes`.
    xid = models.BigIntegerField(default=0)
    document = models.UUIDField()
    gone = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        """The order in which kiosks read."""

        indexes = (models.Index(fields=["xid", "id"]),)

    def __str__(self) -> str:
        return f"{self.xid}.{self.pk}"


class Kiosk(models.Model):
    """A machine that may speak to the office, known by its key."""

    class State(models.TextChoices):
        """Whether it may speak."""

        ACTIVE = "active"
        FORKED = "forked"  # two machines spoke with one key: nobody is believed until a technician enrols anew
        REVOKED = "revoked"

    id = models.CharField(max_length=20, primary_key=True)
    site = models.CharField(max_length=80)
    public_key = models.BinaryField(max_length=32)
    key_print = models.CharField(max_length=64, unique=True)  # SHA-256 of the key, to find a key enrolled twice
    pepper = models.BinaryField(max_length=32)
    fingerprint = models.CharField(max_length=9)
    hardware = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    last_seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)  # hash of command `last_seq`
    chain_broken_at = models.BigIntegerField(null=True, blank=True)  # first seq whose `prev` did not fit
    database = models.CharField(max_length=36, blank=True)
    waiting = models.PositiveIntegerField(default=0)
    clock = models.CharField(max_length=8, blank=True)
    clock_ahead = models.IntegerField(default=0)  # seconds the kiosk's clock is before ours
    cursor = models.CharField(max_length=60, blank=True)
    # Commands up to here survive the loss of this machine (`durability` moves it); the kiosk may drop their bodies.
    durable_seq = models.BigIntegerField(default=0)
    # The epoch in which this kiosk last said that it holds nothing but what this database knows; see `escrow`.
    confirmed = models.CharField(max_length=40, blank=True)
    # A second key that the kiosk presented and has not used yet; until then both are good.
    next_key = models.BinaryField(max_length=32, null=True)
    key_since = models.DateTimeField(null=True, blank=True)
    key_wanted = models.BooleanField(default=False)
    # Counts how often the list of what waits in its compartments changed; 0 as long as nothing ever did.
    pickups_version = models.PositiveIntegerField(default=0)
    # The version of that list that the kiosk last said it has.
    pickups_heard = models.PositiveIntegerField(default=0)
    # Counted up with every change of what it holds, so that an answer need not list it each time.
    leases_version = models.PositiveIntegerField(default=0)
    telemetry = models.TextField(blank=True)  # the latest, as JSON
    telemetry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """By the sign on the wall."""

        ordering = ("site", "id")

    def __str__(self) -> str:
        return f"{self.site} ({self.id})"


class EnrolmentToken(models.Model):
    """A ticket that was given out: its hash, never the token."""

    hash = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    kiosk = models.ForeignKey(Kiosk, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return f"ticket for {self.site}"


class ReceivedCommand(models.Model):
    """A command as it came from a kiosk, and what became of it; the pair (kiosk, seq) exists once."""

    # No index of its own: `one_command_per_seq` begins with it.
    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE, related_name="commands", db_index=False)
    seq = models.BigIntegerField()
    command = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    tv = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    result = models.CharField(max_length=8)
    code = models.CharField(max_length=40, blank=True)
    body = models.TextField()  # JSON as ASCII text: any body can be kept, even one no database type would take
    # With these two the hash can be made again from what is stored (see `audit`); old commands lack them.
    prev = models.CharField(max_length=64, default="", blank=True)
    extra = models.TextField(default="", blank=True)  # JSON: fields of a newer kiosk, which its hash covers

    class Meta:
        """One integer is the whole rule of exactly once; this constraint is its seal."""

        constraints = (models.UniqueConstraint(fields=["kiosk", "seq"], name="one_command_per_seq"),)
        indexes = (models.Index(fields=["result", "received_at"]),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.seq}"


class DeskEntry(models.Model):
    """Something that needs a human: what happened, who is to see to it, and, once it is done, by whom and what."""

    class Kind(models.TextChoices):
        """Why a program could not go on alone."""

        REJECTED = "rejected"  # a command that the office could not take
        UNSETTLED = "unsettled"  # something was begun in the world and nobody knows its end
        UNPLACED = "unplaced"  # a promise for which there is no capacity
        FORK = "fork"  # two machines with one key
        CHAIN = "chain"  # a command does not follow the one before
        LATE = "late"  # a revoked kiosk still had something to tell
        GAP = "gap"  # a command that should be there is missing
        ALTERED = "altered"  # what is stored is not what was received
        LOG = "log"  # a kiosk's log does not go on where it was
        ORDER = "order"  # a change that came too late for the crew, or onto another change
        QUOTA = "quota"  # a household was promised more free pickups than it has
        VOUCHER = "voucher"  # used twice, too late, or not ours
        PICKUP = "pickup"  # a compartment whose document may or may not have been taken, or whose code was guessed at
        LOCKER = "locker"  # a door did what nobody asked of it
        SALE = "sale"  # nobody knows what was charged, or it is not what was issued
        TILL = "till"  # a terminal's end of day does not agree with the sales
        STOCK = "stock"  # few bags of an article are left

    kind = models.CharField(max_length=10, choices=Kind.choices)
    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE, related_name="desk_entries")
    seq = models.BigIntegerField()
    code = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)  # JSON, as the kiosk sent it
    role = models.CharField(max_length=12)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=150, blank=True)
    done_how = models.CharField(max_length=400, blank=True)

    class Meta:
        """Oldest first: who waits longest comes first."""

        ordering = ("at", "id")
        # A request that is repeated, or an office that was restored, does not fill the desk twice.
        constraints = (models.UniqueConstraint(fields=["kiosk", "seq", "kind"], name="one_entry_per_matter"),)
        indexes = (models.Index(fields=["done_at", "at"]),)

    def __str__(self) -> str:
        return f"{self.kind} {self.kiosk_id} {self.seq}"


class Visit(models.Model):
    """A visit that a kiosk reported; holds nothing about the person."""

    command = models.OneToOneField(ReceivedCommand, on_delete=models.CASCADE)
    # The command's kiosk, which the database knows to be one; a second index for patterns would only cost.
    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    service = models.CharField(max_length=40)
    outcome = models.CharField(max_length=24)
    began = models.DateTimeField(db_index=True)
    seconds = models.PositiveIntegerField()
    language = models.CharField(max_length=12)
    claim = models.CharField(max_length=12)
    taken_away = models.JSONField(default=list)

    class Meta:
        """Newest first."""

        ordering = ("-began", "-id")
        indexes = (models.Index(fields=["kiosk"]),)

    def __str__(self) -> str:
        return f"{self.service} {self.outcome}"


class Attempt(models.Model):
    """A try at a door that counts tries: signing in, enrolling. `door` is a hash, so no name stands here."""

    door = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """Found by door and time."""

        indexes = (models.Index(fields=["door", "at"]),)

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"


class StaffNote(models.Model):
    """Who did what at the console besides moving documents: tickets, revocations, imports."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=150)
    what = models.CharField(max_length=200)

    class Meta:
        """Newest first."""

        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.what

    def delete(self, *_args: object, **_kwargs: object) -> Never:
        """Refuse: what was done stays written.

        Raises:
            TypeError: always.
        """
        raise TypeError("a note about what staff did is never deleted")
