"""The pieces that pages share. The only place in the package that imports Streamlit."""
