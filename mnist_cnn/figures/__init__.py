"""Data becomes Plotly figures and pictures: pure functions."""
