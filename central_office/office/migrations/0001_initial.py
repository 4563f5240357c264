"""The first tables."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Kiosk",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("site", models.CharField(max_length=80)),
                ("public_key", models.BinaryField(max_length=32)),
                ("key_print", models.CharField(max_length=64, unique=True)),
                ("pepper", models.BinaryField(max_length=32)),
                ("fingerprint", models.CharField(max_length=9)),
                ("hardware", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("forked", "Forked"), ("revoked", "Revoked")],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("enrolled_at", models.DateTimeField()),
                ("enrolled_by", models.CharField(max_length=150)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_seen", models.DateTimeField(blank=True, null=True)),
                ("last_seq", models.BigIntegerField(default=0)),
                (
                    "head",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000", max_length=64
                    ),
                ),
                ("chain_broken_at", models.BigIntegerField(blank=True, null=True)),
                ("database", models.CharField(blank=True, max_length=36)),
                ("waiting", models.PositiveIntegerField(default=0)),
                ("clock", models.CharField(blank=True, max_length=8)),
                ("clock_ahead", models.IntegerField(default=0)),
                ("cursor", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "ordering": ("site", "id"),
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("way", models.CharField(blank=True, max_length=120)),
                ("opening", models.JSONField(default=list)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("box", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("position", "key"),
            },
        ),
        migrations.CreateModel(
            name="Town",
            fields=[
                ("key", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("short", models.CharField(max_length=4)),
                ("office", models.CharField(max_length=80)),
                ("street", models.CharField(max_length=80)),
                ("postcode", models.CharField(max_length=10)),
                ("phone", models.CharField(max_length=40)),
                ("website", models.CharField(max_length=120)),
                ("time_zone", models.CharField(default="Europe/Berlin", max_length=40)),
                ("authority", models.CharField(max_length=4)),
                ("main_place", models.CharField(max_length=40)),
                ("epoch", models.CharField(max_length=40)),
                ("pruned_xid", models.BigIntegerField(default=0)),
                ("pruned_id", models.BigIntegerField(default=0)),
                ("reference_year", models.PositiveSmallIntegerField(default=0)),
                ("reference_last", models.PositiveIntegerField(default=0)),
                ("kiosk_last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("door", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["door", "at"], name="office_atte_door_aedcda_idx")],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("xid", models.BigIntegerField(default=0)),
                ("document", models.UUIDField()),
                ("gone", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["xid", "id"], name="office_chan_xid_ed28db_idx")],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentToken",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("site", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "kiosk",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to="office.kiosk"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("identity_card", "identity_card"),
                            ("passport", "passport"),
                            ("residence_permit", "residence_permit"),
                            ("eid_card", "eid_card"),
                            ("child_passport", "child_passport"),
                        ],
                        max_length=24,
                    ),
                ),
                ("number", models.CharField(max_length=9, unique=True)),
                ("birth_date", models.DateField()),
                ("holder", models.CharField(max_length=120)),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("token", models.CharField(max_length=32, unique=True)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("applied", "applied"),
                            ("sent_to_producer", "sent_to_producer"),
                            ("in_production", "in_production"),
                            ("shipped_to_office", "shipped_to_office"),
                            ("arrived", "arrived"),
                            ("ready_counter", "ready_counter"),
                            ("ready_box", "ready_box"),
                            ("returned_to_counter", "returned_to_counter"),
                            ("handed_over", "handed_over"),
                            ("direct_ship", "direct_ship"),
                            ("delivered", "delivered"),
                            ("at_post_branch", "at_post_branch"),
                            ("returned_to_office", "returned_to_office"),
                            ("cancelled", "cancelled"),
                            ("destroyed", "destroyed"),
                            ("lost_in_transit", "lost_in_transit"),
                        ],
                        db_index=True,
                        max_length=24,
                    ),
                ),
                ("stage_since", models.DateTimeField()),
                ("expected_on", models.DateField(blank=True, null=True)),
                ("collect_until", models.DateField(blank=True, null=True)),
                ("travels", models.TextField()),
                (
                    "place",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="office.place"
                    ),
                ),
            ],
            options={
                "ordering": ("-stage_since", "reference"),
            },
        ),
        migrations.CreateModel(
            name="ReceivedCommand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("command", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("type", models.CharField(max_length=40)),
                ("tv", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("result", models.CharField(max_length=8)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("body", models.TextField()),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="commands", to="office.kiosk"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StaffNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("name", models.CharField(max_length=150)),
                ("what", models.CharField(max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service", models.CharField(max_length=40)),
                ("outcome", models.CharField(max_length=24)),
                ("began", models.DateTimeField(db_index=True)),
                ("seconds", models.PositiveIntegerField()),
                ("language", models.CharField(max_length=12)),
                ("claim", models.CharField(max_length=12)),
                ("taken_away", models.JSONField(default=list)),
                (
                    "command",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="office.receivedcommand"),
                ),
                ("kiosk", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="office.kiosk")),
            ],
            options={
                "ordering": ("-began", "-id"),
            },
        ),
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="history", to="office.document"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["document", "id"], name="office_hist_documen_12c467_idx")],
            },
        ),
        migrations.AddIndex(
            model_name="receivedcommand",
            index=models.Index(fields=["result", "received_at"], name="office_rece_result_6cc921_idx"),
        ),
        migrations.AddConstraint(
            model_name="receivedcommand",
            constraint=models.UniqueConstraint(fields=("kiosk", "seq"), name="one_command_per_seq"),
        ),
    ]
