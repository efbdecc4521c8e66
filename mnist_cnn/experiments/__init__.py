"""What can be trained: config, presets, schedules; experiments as links or scripts."""
