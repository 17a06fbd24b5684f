"""Letters: printed with the branch's letterhead, numbered, and checked by whoever gets one."""
