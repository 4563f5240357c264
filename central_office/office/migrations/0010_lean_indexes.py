"""No index that another one begins with, and none for patterns: each command of each kiosk would write them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0009_staff_at_the_kiosk"),
    ]

    operations = [
        migrations.AlterField(
            model_name="receivedcommand",
            name="kiosk",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="commands",
                to="office.kiosk",
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="kiosk",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                to="office.kiosk",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["kiosk"], name="office_visi_kiosk_i_d65fdf_idx"),
        ),
    ]
