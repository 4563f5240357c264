"""Bags and fees: the tariff with its prices, sales, tills, what lies in columns, vouchers for free bags."""

import django.db.models.deletion
from django.db import migrations, models


def tell_kiosks(apps, schema_editor):
    """Employees have a new right, to refill bags: kiosks hear the list anew."""
    towns = apps.get_model("office", "Town").objects
    towns.filter(staff_version__gt=0).update(staff_version=models.F("staff_version") + 1)


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0010_lean_indexes"),
    ]

    operations = [
        migrations.RunPython(tell_kiosks, migrations.RunPython.noop),
        migrations.CreateModel(
            name="BagPass",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("product", models.CharField(max_length=24)),
                ("pieces", models.PositiveSmallIntegerField()),
                ("until", models.DateField()),
                ("why", models.CharField(blank=True, max_length=120)),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.CharField(max_length=150)),
                ("drawn", models.PositiveSmallIntegerField(default=0)),
                ("drawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-issued_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("sold", models.IntegerField()),
                ("settled", models.IntegerField()),
                ("closed_at", models.DateTimeField()),
                ("closed_by", models.CharField(max_length=150)),
            ],
            options={
                "ordering": ("-day",),
            },
        ),
        migrations.CreateModel(
            name="TariffFile",
            fields=[
                (
                    "town",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="office.town"
                    ),
                ),
                ("text", models.TextField()),
                ("office_key", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="deskentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("rejected", "Rejected"),
                    ("unsettled", "Unsettled"),
                    ("unplaced", "Unplaced"),
                    ("fork", "Fork"),
                    ("chain", "Chain"),
                    ("late", "Late"),
                    ("gap", "Gap"),
                    ("altered", "Altered"),
                    ("log", "Log"),
                    ("order", "Order"),
                    ("quota", "Quota"),
                    ("voucher", "Voucher"),
                    ("pickup", "Pickup"),
                    ("locker", "Locker"),
                    ("sale", "Sale"),
                    ("till", "Till"),
                    ("stock", "Stock"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Sale",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("purpose", models.CharField(max_length=12)),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("began", models.DateTimeField(db_index=True)),
                ("heard_at", models.DateTimeField()),
                ("asked", models.PositiveIntegerField()),
                ("charged", models.PositiveIntegerField(null=True)),
                (
                    "ending",
                    models.CharField(
                        choices=[
                            ("paid", "paid"),
                            ("part", "part"),
                            ("free", "free"),
                            ("declined", "declined"),
                            ("aborted", "aborted"),
                            ("reversed", "reversed"),
                            ("unclear", "unclear"),
                            ("unpaid", "unpaid"),
                        ],
                        max_length=12,
                    ),
                ),
                ("why", models.CharField(blank=True, max_length=40)),
                ("receipt", models.PositiveIntegerField(null=True)),
                ("trace", models.PositiveIntegerField(null=True)),
                ("terminal", models.CharField(blank=True, max_length=40)),
                ("card", models.CharField(blank=True, max_length=40)),
                ("masked_pan", models.CharField(blank=True, max_length=40)),
                ("stamp", models.DateTimeField(null=True)),
                ("merchant_slip", models.TextField(blank=True)),
                ("voucher", models.CharField(blank=True, max_length=16)),
                ("settled_at", models.DateTimeField(null=True)),
                ("found", models.PositiveIntegerField(null=True)),
                ("cleared", models.CharField(blank=True, max_length=16)),
                ("cleared_note", models.CharField(blank=True, max_length=400)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("cleared_by", models.CharField(blank=True, max_length=150)),
                (
                    "kiosk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sales",
                        to="office.kiosk",
                    ),
                ),
            ],
            options={
                "ordering": ("-began", "id"),
            },
        ),
        migrations.CreateModel(
            name="SaleLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.CharField(max_length=40)),
                ("article", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("cents", models.PositiveIntegerField()),
                ("wanted", models.PositiveSmallIntegerField()),
                ("issued", models.PositiveSmallIntegerField()),
                (
                    "sale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="office.sale"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="TariffPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.CharField(max_length=24)),
                ("valid_from", models.DateField()),
                ("cents", models.PositiveIntegerField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ("product", "-valid_from"),
                "constraints": [models.UniqueConstraint(fields=("product", "valid_from"), name="one_price_a_day")],
            },
        ),
        migrations.CreateModel(
            name="TillReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("closed_at", models.DateTimeField(db_index=True)),
                ("terminal", models.CharField(blank=True, max_length=40)),
                ("amount", models.IntegerField(null=True)),
                ("count", models.PositiveIntegerField(null=True)),
                ("tallies", models.JSONField(default=list)),
                ("first_receipt", models.PositiveIntegerField(null=True)),
                ("last_receipt", models.PositiveIntegerField(null=True)),
                ("expected_amount", models.IntegerField()),
                ("expected_count", models.PositiveIntegerField()),
                ("differences", models.JSONField(default=list)),
                (
                    "kiosk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tills",
                        to="office.kiosk",
                    ),
                ),
            ],
            options={
                "ordering": ("-closed_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="sale",
            name="till",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sales", to="office.tillreport"
            ),
        ),
        migrations.CreateModel(
            name="BagColumn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("column", models.PositiveSmallIntegerField()),
                ("article", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("pieces", models.PositiveSmallIntegerField()),
                ("filled", models.PositiveSmallIntegerField()),
                ("filled_at", models.DateTimeField()),
                (
                    "kiosk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="columns",
                        to="office.kiosk",
                    ),
                ),
            ],
            options={
                "ordering": ("kiosk", "column"),
                "constraints": [models.UniqueConstraint(fields=("kiosk", "column"), name="one_row_per_column")],
            },
        ),
        migrations.CreateModel(
            name="BagRefill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("column", models.PositiveSmallIntegerField()),
                ("article", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("before", models.PositiveSmallIntegerField()),
                ("books", models.PositiveSmallIntegerField(null=True)),
                ("pieces", models.PositiveSmallIntegerField()),
                ("counted", models.BooleanField()),
                ("number", models.CharField(max_length=4)),
                (
                    "kiosk",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refills",
                        to="office.kiosk",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "constraints": [models.UniqueConstraint(fields=("kiosk", "seq"), name="one_refill_per_command")],
            },
        ),
        migrations.AddConstraint(
            model_name="tillreport",
            constraint=models.UniqueConstraint(fields=("kiosk", "seq"), name="one_till_per_command"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(fields=["kiosk", "seq"], name="office_sale_kiosk_i_8fe184_idx"),
        ),
        migrations.AddIndex(
            model_name="sale",
            index=models.Index(
                condition=models.Q(("voucher", ""), _negated=True), fields=["voucher"], name="sale_by_voucher"
            ),
        ),
    ]
