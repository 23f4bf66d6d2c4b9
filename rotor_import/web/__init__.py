"""The local page: file, columns, plan, review, import. It calls what the command line calls and decides nothing."""
