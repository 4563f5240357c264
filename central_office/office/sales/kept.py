"""Rows of sales: the tariff and its prices, sales and their lines, bags in columns, tills, vouchers for free bags."""

from __future__ import annotations

from django.db import models

from central_office.contract.sale_words import Ending


class TariffFile(models.Model):
    """The town's tariff, as its file was taken in; `office_key` is the key that vouchers are checked with."""

    town = models.OneToOneField("office.Town", on_delete=models.CASCADE, primary_key=True)
    text = models.TextField()
    office_key = models.CharField(max_length=64)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tariff of {self.town_id}"


class TariffPrice(models.Model):
    """What a product costs from a day on; once the day has come it is never changed."""

    product = models.CharField(max_length=24)
    valid_from = models.DateField()
    cents = models.PositiveIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150, blank=True)  # empty: it stands in the file

    class Meta:
        """By product, newest first."""

        ordering = ("product", "-valid_from")
        constraints = (models.UniqueConstraint(fields=["product", "valid_from"], name="one_price_a_day"),)

    def __str__(self) -> str:
        return f"{self.product} {self.valid_from}"


class TillReport(models.Model):
    """A terminal closed its day: what it says, and what the kiosk's own sales came to."""

    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.PROTECT, related_name="tills", db_index=False)
    seq = models.BigIntegerField()
    closed_at = models.DateTimeField(db_index=True)
    terminal = models.CharField(max_length=40, blank=True)
    amount = models.IntegerField(null=True)
    count = models.PositiveIntegerField(null=True)
    tallies = models.JSONField(default=list)
    first_receipt = models.PositiveIntegerField(null=True)
    last_receipt = models.PositiveIntegerField(null=True)
    expected_amount = models.IntegerField()
    expected_count = models.PositiveIntegerField()
    differences = models.JSONField(default=list)  # sales that may explain them, as the kiosk says

    class Meta:
        """Newest first."""

        ordering = ("-closed_at", "-id")
        constraints = (models.UniqueConstraint(fields=["kiosk", "seq"], name="one_till_per_command"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.closed_at:%Y-%m-%d}"


class Sale(models.Model):
    """A sale as its kiosk told it; `found` and what follows is what staff found out when it was not clear."""

    id = models.CharField(max_length=64, primary_key=True)
    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.PROTECT, related_name="sales", db_index=False)
    seq = models.BigIntegerField()
    purpose = models.CharField(max_length=12)
    reference = models.CharField(max_length=40, blank=True)
    began = models.DateTimeField(db_index=True)
    heard_at = models.DateTimeField()
    asked = models.PositiveIntegerField()
    charged = models.PositiveIntegerField(null=True)  # null: nobody knows
    ending = models.CharField(max_length=12, choices=[(ending.value, ending.value) for ending in Ending])
    why = models.CharField(max_length=40, blank=True)
    receipt = models.PositiveIntegerField(null=True)
    trace = models.PositiveIntegerField(null=True)
    terminal = models.CharField(max_length=40, blank=True)
    card = models.CharField(max_length=40, blank=True)
    masked_pan = models.CharField(max_length=40, blank=True)
    stamp = models.DateTimeField(null=True)
    merchant_slip = models.TextField(blank=True)
    voucher = models.CharField(max_length=16, blank=True)
    settled_at = models.DateTimeField(null=True)  # the terminal told the end only later
    till = models.ForeignKey(TillReport, null=True, on_delete=models.PROTECT, related_name="sales")
    found = models.PositiveIntegerField(null=True)  # cents that staff found to be charged
    cleared = models.CharField(max_length=16, blank=True)  # the reason, see `clearing`
    cleared_note = models.CharField(max_length=400, blank=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """Newest first."""

        ordering = ("-began", "id")
        indexes = (
            models.Index(fields=["kiosk", "seq"]),
            models.Index(fields=["voucher"], condition=~models.Q(voucher=""), name="sale_by_voucher"),
        )

    def __str__(self) -> str:
        return self.id

    @property
    def at_ending(self) -> Ending:
        """The ending in the contract's type."""
        return Ending(self.ending)

    @property
    def taken(self) -> int | None:
        """Cents that were really charged, as far as anybody knows; None: nobody does."""
        return self.charged if self.found is None else self.found

    @property
    def open(self) -> bool:
        """Whether a person still has to look."""
        return self.at_ending in {Ending.UNCLEAR, Ending.UNPAID} and not self.cleared


class SaleLine(models.Model):
    """One product of a sale."""

    sale = models.ForeignKey(Sale, on_delete=models.CASCADE, related_name="lines")
    product = models.CharField(max_length=40)
    article = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    cents = models.PositiveIntegerField()
    wanted = models.PositiveSmallIntegerField()
    issued = models.PositiveSmallIntegerField()

    class Meta:
        """As they were told."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.issued} {self.product}"

    @property
    def worth(self) -> int:
        """Cents for what was issued."""
        return self.issued * self.cents


class BagColumn(models.Model):
    """What lies in one column by the office's books: what was filled in, less what has fallen since."""

    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.CASCADE, related_name="columns", db_index=False)
    column = models.PositiveSmallIntegerField()
    article = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    pieces = models.PositiveSmallIntegerField()
    filled = models.PositiveSmallIntegerField()  # pieces after the last refill
    filled_at = models.DateTimeField()

    class Meta:
        """As the columns stand."""

        ordering = ("kiosk", "column")
        constraints = (models.UniqueConstraint(fields=["kiosk", "column"], name="one_row_per_column"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.column}"


class BagRefill(models.Model):
    """An employee filled a column; `before` as the kiosk counted, `books` as the office did."""

    kiosk = models.ForeignKey("office.Kiosk", on_delete=models.CASCADE, related_name="refills", db_index=False)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    column = models.PositiveSmallIntegerField()
    article = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    before = models.PositiveSmallIntegerField()
    books = models.PositiveSmallIntegerField(null=True)  # null: the office knew nothing of this column
    pieces = models.PositiveSmallIntegerField()
    counted = models.BooleanField()
    number = models.CharField(max_length=4)  # the employee's

    class Meta:
        """Newest first."""

        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=["kiosk", "seq"], name="one_refill_per_command"),)

    def __str__(self) -> str:
        return f"{self.kiosk_id} {self.column}"


class BagPass(models.Model):
    """A voucher for free bags that the office gave out; good for so many pieces in all, until and on a day."""

    id = models.CharField(max_length=16, primary_key=True)
    product = models.CharField(max_length=24)
    pieces = models.PositiveSmallIntegerField()
    until = models.DateField()
    why = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    drawn = models.PositiveSmallIntegerField(default=0)  # pieces given out against it
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        """Newest first."""

        ordering = ("-issued_at", "id")

    def __str__(self) -> str:
        return self.id


class ClosedDay(models.Model):
    """A day of sales that a clerk went through and closed; what is heard of it later stands out."""

    day = models.DateField(primary_key=True)
    sold = models.IntegerField()
    settled = models.IntegerField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150)

    class Meta:
        """Newest first."""

        ordering = ("-day",)

    def __str__(self) -> str:
        return str(self.day)
