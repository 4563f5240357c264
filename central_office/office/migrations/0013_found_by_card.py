"""Whose documents a holder's card finds; whether it finds any is the town's choice, and was not asked before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0012_paid_with_the_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="card_key",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="card_place",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="card_due",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="town",
            name="identify",
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["id"], condition=models.Q(card_due=True), name="document_card_due"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["birth_date"], name="document_born"),
        ),
    ]
