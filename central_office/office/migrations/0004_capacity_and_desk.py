"""Bounded capacity and its leases, the staff's desk, durable commands, keys that change, telemetry."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


def carry_over(apps, schema_editor):
    """What was true before: no kiosk holds a lease, every key is as old as its enrolment, what was rejected waits."""
    town = apps.get_model("office", "Town").objects.first()
    kiosks = apps.get_model("office", "Kiosk").objects
    kiosks.update(key_since=models.F("enrolled_at"))
    if town is not None:
        kiosks.update(confirmed=town.epoch)
    entries = apps.get_model("office", "DeskEntry").objects
    for command in apps.get_model("office", "ReceivedCommand").objects.filter(result="rejected").iterator():
        entries.create(
            kind="rejected",
            kiosk_id=command.kiosk_id,
            seq=command.seq,
            code=command.code,
            role="technician",
            at=command.received_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0003_number_secret"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeskEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rejected", "Rejected"),
                            ("unsettled", "Unsettled"),
                            ("unplaced", "Unplaced"),
                            ("fork", "Fork"),
                            ("chain", "Chain"),
                            ("late", "Late"),
                        ],
                        max_length=10,
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("detail", models.TextField(blank=True)),
                ("role", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("done_by", models.CharField(blank=True, max_length=150)),
                ("done_how", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("units", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("units", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "Held"), ("unplaced", "Unplaced"), ("cancelled", "Cancelled")],
                        default="held",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("capacity", models.PositiveIntegerField()),
                ("promised", models.PositiveIntegerField(default=0)),
                ("leased", models.PositiveIntegerField(default=0)),
                ("spare", models.PositiveSmallIntegerField(default=2)),
            ],
            options={
                "ordering": ("day", "key"),
            },
        ),
        migrations.AddField(
            model_name="kiosk",
            name="confirmed",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="durable_seq",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="key_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="key_wanted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="next_key",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="telemetry",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="kiosk",
            name="telemetry_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="town",
            name="config",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="deskentry",
            name="kiosk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="desk_entries", to="office.kiosk"
            ),
        ),
        migrations.AddField(
            model_name="lease",
            name="kiosk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="leases", to="office.kiosk"
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="kiosk",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="office.kiosk"),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.UniqueConstraint(fields=("key", "day"), name="one_resource_per_day"),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "capacity__gte",
                        django.db.models.expressions.CombinedExpression(models.F("promised"), "+", models.F("leased")),
                    )
                ),
                name="never_more_than_capacity",
            ),
        ),
        migrations.AddField(
            model_name="reservation",
            name="resource",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="office.resource"),
        ),
        migrations.AddField(
            model_name="lease",
            name="resource",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="leases", to="office.resource"
            ),
        ),
        migrations.AddIndex(
            model_name="deskentry",
            index=models.Index(fields=["done_at", "at"], name="office_desk_done_at_c73b75_idx"),
        ),
        migrations.AddConstraint(
            model_name="deskentry",
            constraint=models.UniqueConstraint(fields=("kiosk", "seq", "kind"), name="one_entry_per_matter"),
        ),
        migrations.AddConstraint(
            model_name="lease",
            constraint=models.UniqueConstraint(fields=("kiosk", "resource"), name="one_lease_per_kiosk"),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
