"""The first page of the head office: what needs somebody today."""
