# The few files from npm, by the same script and locks as in a checkout.
FROM python:3.11-slim AS web
WORKDIR /app
COPY dev requirements-tools.txt requirements-node.txt ./
COPY web/package.json web/package-lock.json web/
RUN python dev setup --only web

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 \
    LINLING_HOME=/data
RUN useradd --system --user-group --uid 10001 --no-create-home linling \
    && install --directory --owner=linling --group=linling --mode=0700 /data
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=web /app/web/vendor web/vendor
USER linling
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "bot", "--host", "0.0.0.0", "--port", "8000"]
