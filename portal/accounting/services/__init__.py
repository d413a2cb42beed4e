"""What the books do: book gifts, write the files accountants take."""
