# Every service: `docker build --target service --build-arg SERVICE=auth .`
# ui, with its static files: `docker build --target ui --build-arg SERVICE=ui --build-arg FOLDER=ui .`

ARG PYTHON=python:3.13.16-slim-trixie

FROM ghcr.io/astral-sh/uv:0.13.9 AS uv


FROM ${PYTHON} AS source
COPY --from=uv /uv /usr/local/bin/
ENV UV_COMPILE_BYTECODE=1 \
    # The cache is a mount, on another file system.
    UV_LINK_MODE=copy \
    UV_PYTHON=/usr/local/bin/python3 \
    UV_PYTHON_DOWNLOADS=never
WORKDIR /source
COPY pyproject.toml uv.lock ./


# Every member's own file, which the lock is checked against, and what all share.
FROM source AS workspace
COPY services/auth/pyproject.toml services/auth/
COPY services/history/pyproject.toml services/history/
COPY services/tournament/pyproject.toml services/tournament/
COPY ui/pyproject.toml ui/
COPY tools tools
COPY libs libs


FROM source AS build
ARG SERVICE
ENV UV_PROJECT_ENVIRONMENT=/app
# What others wrote, in a layer that stays while only our code changes. --frozen: without the members' own files
# uv cannot tell whether the lock is fresh; the second step can, and does.
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-install-workspace --package "transcendence-${SERVICE}"
COPY --from=workspace /source .
# Only what this image runs, so that a change of one service replaces no other.
ARG FOLDER=services/${SERVICE}
COPY ${FOLDER}/src ${FOLDER}/src
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-editable --package "transcendence-${SERVICE}" \
    # uv's own, which everybody may write.
    && rm /app/.lock


FROM workspace AS assets
ENV UV_PROJECT_ENVIRONMENT=/tools
COPY ui ui
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --package transcendence-ui --extra assets
ENV PATH="/tools/bin:$PATH" \
    # Node otherwise trusts a list of its own only, and not the proxy that some networks build behind.
    NODE_USE_SYSTEM_CA=1
RUN --mount=type=cache,target=/root/.npm \
    npm ci --prefix ui --omit=dev --ignore-scripts --no-audit --no-fund
COPY docs/runbooks docs/runbooks
RUN python -m ui build-assets /assets --runbooks docs/runbooks


FROM ${PYTHON} AS service
# The official image leaves its own modules uncompiled, and nothing can be written beside them later.
RUN python -m compileall -q -x '/(test|idlelib|lib2to3|tkinter|ensurepip)/' /usr/local/lib/python3.13 \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin service \
    # A new volume has the owner of the folder that it is mounted over. Logstash, another account, only reads.
    && install --directory --owner=10001 --group=10001 --mode=0755 /logs
ARG SERVICE
COPY --from=build /app /app
ENV PATH="/app/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND_HOST=0.0.0.0 \
    SERVICE=${SERVICE}
USER 10001:10001
WORKDIR /app
CMD exec python -m "$SERVICE"


FROM service AS ui
COPY --from=assets /assets /assets
ENV ASSETS_DIR=/assets
