"""Evidence: what a command's hash covers is kept whole, and a digest of every day is kept signed."""

from django.db import migrations, models

SQLITE = """
CREATE TRIGGER office_digest_stands BEFORE UPDATE ON office_dailydigest
BEGIN SELECT RAISE(ABORT, 'a signed digest is never changed'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION office_digest_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a signed digest is never changed'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER office_digest_stands BEFORE UPDATE ON office_dailydigest
FOR EACH ROW EXECUTE FUNCTION office_digest_stands()
"""


def add(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in (SQLITE,) if vendor == "sqlite" else (POSTGRESQL_FUNCTION, POSTGRESQL):
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER office_digest_stands")
    else:
        schema_editor.execute("DROP FUNCTION office_digest_stands CASCADE")


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0004_capacity_and_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyDigest",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=128)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("day",),
            },
        ),
        migrations.AddField(
            model_name="receivedcommand",
            name="extra",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="receivedcommand",
            name="prev",
            field=models.CharField(blank=True, default="", max_length=64),
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
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(add, remove),
    ]
