"""What Streamlit lacks: a component is a folder with its Python, JavaScript and CSS."""
