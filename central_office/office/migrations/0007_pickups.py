"""Documents in compartments, and which list of them a kiosk has."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0006_bulky_waste"),
    ]

    operations = [
        migrations.AddField(
            model_name="kiosk",
            name="pickups_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="town",
            name="collect",
            field=models.JSONField(default=dict),
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
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Pickup",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("compartment", models.PositiveSmallIntegerField()),
                ("reach", models.BooleanField(default=False)),
                ("selector", models.CharField(max_length=4)),
                ("digits", models.CharField(blank=True, max_length=8)),
                ("token", models.CharField(blank=True, max_length=32)),
                ("salt", models.BinaryField(max_length=16)),
                ("row", models.TextField(blank=True)),
                ("until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("locked", "Locked"),
                            ("opened", "Opened"),
                            ("collected", "Collected"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("how", models.CharField(blank=True, max_length=16)),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.CharField(max_length=150)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("message", models.TextField(blank=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pickups", to="office.document"
                    ),
                ),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pickups", to="office.kiosk"
                    ),
                ),
            ],
            options={
                "ordering": ("until", "compartment", "id"),
                "indexes": [models.Index(fields=["kiosk", "state"], name="office_pick_kiosk_i_c7a870_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "locked", "opened"])),
                        fields=("kiosk", "compartment"),
                        name="one_pickup_per_compartment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "locked", "opened"])),
                        fields=("document",),
                        name="one_pickup_per_document",
                    ),
                ],
            },
        ),
    ]
