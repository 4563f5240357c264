"""Employees at kiosks, what they did there, compartments out of order; a second employee may have to confirm."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0008_leases_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CompartmentMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("compartment", models.PositiveSmallIntegerField()),
                ("why", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                ("by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "ordering": ("kiosk", "compartment"),
            },
        ),
        migrations.CreateModel(
            name="StaffDeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("number", models.CharField(max_length=4)),
                ("kind", models.CharField(max_length=40)),
                ("compartment", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("detail", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="StaffPass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=4, unique=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("pin", models.BinaryField(max_length=32)),
                ("card", models.BinaryField(max_length=32, null=True)),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=150)),
                ("card_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("number",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="pickup",
            name="one_pickup_per_compartment",
        ),
        migrations.RemoveConstraint(
            model_name="pickup",
            name="one_pickup_per_document",
        ),
        migrations.AddField(
            model_name="document",
            name="reach",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="pickups_heard",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="pickup",
            name="laid_by",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name="pickup",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="town",
            name="staff_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="pickup",
            name="state",
            field=models.CharField(
                choices=[
                    ("placed", "Placed"),
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
        migrations.AddConstraint(
            model_name="pickup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["placed", "waiting", "locked", "opened"])),
                fields=("kiosk", "compartment"),
                name="one_pickup_per_compartment",
            ),
        ),
        migrations.AddConstraint(
            model_name="pickup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["placed", "waiting", "locked", "opened"])),
                fields=("document",),
                name="one_pickup_per_document",
            ),
        ),
        migrations.AddField(
            model_name="compartmentmark",
            name="kiosk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="office.kiosk"
            ),
        ),
        migrations.AddField(
            model_name="staffdeed",
            name="document",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="office.document"
            ),
        ),
        migrations.AddField(
            model_name="staffdeed",
            name="kiosk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deeds", to="office.kiosk"
            ),
        ),
        migrations.AddField(
            model_name="staffpass",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="staff_pass", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="compartmentmark",
            constraint=models.UniqueConstraint(fields=("kiosk", "compartment"), name="one_mark_per_compartment"),
        ),
        migrations.AddConstraint(
            model_name="staffdeed",
            constraint=models.UniqueConstraint(fields=("kiosk", "seq"), name="one_deed_per_command"),
        ),
    ]
