from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """PostgreSQL extensions that tables of every app use."""

    operations = [TrigramExtension(), UnaccentExtension(), BtreeGistExtension()]
