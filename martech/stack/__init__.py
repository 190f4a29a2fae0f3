"""The tool inventory, computed: capabilities, who uses what, overlaps, what to cut or use better. No database."""
