"""The database itself refuses to change a line of a document's history, whoever asks."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER office_history_stands BEFORE UPDATE ON office_historyentry
BEGIN SELECT RAISE(ABORT, 'a history line is never changed'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION office_history_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a history line is never changed'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER office_history_stands BEFORE UPDATE ON office_historyentry
FOR EACH ROW EXECUTE FUNCTION office_history_stands()
"""


def add(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in (SQLITE,) if vendor == "sqlite" else (POSTGRESQL_FUNCTION, POSTGRESQL):
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER office_history_stands")
    else:
        schema_editor.execute("DROP FUNCTION office_history_stands CASCADE")


class Migration(migrations.Migration):
    dependencies = [("office", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
