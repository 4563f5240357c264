"""Bulky waste: the town's rules, orders, households, vouchers, and what staff has to settle about them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0005_audit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64, unique=True)),
                ("used", models.JSONField(default=dict)),
                ("newest", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="WasteFile",
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
                ("last_number", models.PositiveIntegerField(default=0)),
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
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="kiosk",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="office.kiosk"),
        ),
        migrations.CreateModel(
            name="CrewSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("district", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "district", "day"), name="one_sheet_a_tour")],
            },
        ),
        migrations.CreateModel(
            name="BulkyOrder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=8, unique=True)),
                ("seq", models.BigIntegerField(default=0)),
                ("ordered_at", models.DateTimeField()),
                ("kind", models.CharField(choices=[("bulky", "bulky"), ("electrical", "electrical")], max_length=12)),
                ("day", models.DateField()),
                ("district", models.CharField(max_length=40)),
                ("street", models.CharField(blank=True, max_length=80)),
                ("house", models.CharField(blank=True, max_length=12)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("phone", models.CharField(blank=True, max_length=30)),
                ("items", models.JSONField(default=dict)),
                ("litres", models.PositiveIntegerField()),
                ("units", models.PositiveIntegerField()),
                ("express", models.BooleanField(default=False)),
                ("cents", models.PositiveIntegerField(default=0)),
                ("free", models.BooleanField(default=False)),
                ("key", models.CharField(max_length=64)),
                ("reservation", models.CharField(max_length=64)),
                ("placed", models.BooleanField(default=True)),
                ("consent", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("booked", "booked"),
                            ("cancelled", "cancelled"),
                            ("collected", "collected"),
                            ("partly_left", "partly_left"),
                            ("not_presented", "not_presented"),
                            ("missed", "missed"),
                        ],
                        default="booked",
                        max_length=14,
                    ),
                ),
                ("left", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=120)),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
                ("kiosk", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="office.kiosk")),
                (
                    "household",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="office.household"),
                ),
            ],
            options={
                "ordering": ("day", "district", "street", "house", "number"),
            },
        ),
        migrations.CreateModel(
            name="OrderStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=14)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="office.bulkyorder"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("litres", models.PositiveIntegerField()),
                ("until", models.DateField()),
                ("why", models.CharField(blank=True, max_length=120)),
                ("issued_at", models.DateTimeField()),
                ("issued_by", models.CharField(max_length=150)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "used_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="vouchers",
                        to="office.bulkyorder",
                    ),
                ),
            ],
            options={
                "ordering": ("-issued_at", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="bulkyorder",
            index=models.Index(fields=["day", "district"], name="office_bulk_day_bc801d_idx"),
        ),
        migrations.AddIndex(
            model_name="bulkyorder",
            index=models.Index(
                condition=models.Q(("forgotten_at", None)), fields=["day"], name="order_to_be_forgotten"
            ),
        ),
    ]
