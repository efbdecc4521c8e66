# docker build -t cnn-lab .
# docker run --init -p 8501:8501 -v cnn-lab-runs:/runs cnn-lab
# More in the README: "Deploy".
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MNIST_CNN_RUNS=/runs \
    KERAS_HOME=/runs/.keras \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib

WORKDIR /lab

COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY .streamlit .streamlit
COPY static static
COPY mnist_cnn mnist_cnn
COPY pages pages
COPY app.py ./

# What the lab would write beside its code, written now: the root may be read-only.
RUN python -c "import sys; from mnist_cnn.ui.server.static_files import provide_plotly; sys.exit(not provide_plotly())" \
    && python -m compileall -q mnist_cnn \
    && useradd --uid 1000 --no-create-home lab \
    && install --directory --owner=lab --group=lab /runs static/kept

USER lab
VOLUME /runs
EXPOSE 8501

HEALTHCHECK --start-period=30s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8501, timeout=4); c.request('GET', '/_stcore/health'); sys.exit(c.getresponse().status != 200)"]

CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.port=8501"]
