"""Which state of its leases a kiosk has heard."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0007_pickups"),
    ]

    operations = [
        migrations.AddField(
            model_name="kiosk",
            name="leases_version",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
