"""Beside each document, the secret of its number and birth date; it is made by a walk of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0002_history_is_append_only")]

    operations = [
        migrations.AddField(
            model_name="document",
            name="number_secret",
            field=models.BinaryField(max_length=64, null=True),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["id"], condition=models.Q(number_secret=None), name="document_without_secret"),
        ),
    ]
