# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.
FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MOPS_DATA=/data
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --from=packages /app/node_modules ./node_modules
COPY manage.py pyproject.toml ./
COPY mops ./mops
COPY governance ./governance
COPY planning ./planning
COPY martech ./martech
COPY workflow ./workflow
COPY reporting ./reporting
COPY templates ./templates
COPY static ./static
RUN python -m compileall -q mops governance planning martech workflow reporting
RUN useradd --system --uid 10001 --home-dir /data mops && mkdir /data && chown mops /data
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "mops.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--timeout", "60"]
