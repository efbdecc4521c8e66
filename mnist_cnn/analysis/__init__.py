"""What a run's results say: evaluation, calibration, diagnosis, comparison, what if."""
