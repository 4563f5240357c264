"""What a citizen paid by card with her order of bulky waste; nobody could before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0011_sales"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkyorder",
            name="paid",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
