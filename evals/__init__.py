"""How good MedQA is: tasks, scorers, reports. Decides nothing; tests decide right or wrong."""
