"""`manage.py up`: one process that runs all the others, and never loads Django so that it stays small."""
