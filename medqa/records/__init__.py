"""What an installation keeps of its own work: the audit log.

::

    log = AuditLog(home / "audit", read_key(home / "audit.key"))             medqa.records.log
    writer = Writer(lambda: log)            nobody waits for the disk        medqa.records.writer
    report = verify(home / "audit", keys)   what was changed, and where      medqa.records.verify
    mark = Checkpoint.of(report, key)       to be kept elsewhere             medqa.records.checkpoint
"""
