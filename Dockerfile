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


# The pyproject.toml of every workspace member, against which uv checks the lock, and the shared code.
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
# Third-party packages, in a layer that stays while only our code changes. --frozen, because uv cannot check the lock
# without the members' files; the second step checks it.
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-install-workspace --package "transcendence-${SERVICE}"
COPY --from=workspace /source .
# Only the code of this image, so that a change of one service does not rebuild another.
ARG FOLDER=services/${SERVICE}
COPY ${FOLDER}/src ${FOLDER}/src
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-editable --package "transcendence-${SERVICE}" \
    # uv's lock file, which all accounts may write.
    && rm /app/.lock


FROM workspace AS assets
ENV UV_PROJECT_ENVIRONMENT=/tools
COPY ui ui
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --package transcendence-ui --extra assets
ENV PATH="/tools/bin:$PATH" \
    # Otherwise Node trusts only its own list of authorities, and not that of a proxy in the builder's network.
    NODE_USE_SYSTEM_CA=1
RUN --mount=type=cache,target=/root/.npm \
    npm ci --prefix ui --omit=dev --ignore-scripts --no-audit --no-fund
COPY docs/runbooks docs/runbooks
RUN python -m ui build-assets /assets --runbooks docs/runbooks


FROM ${PYTHON} AS service
# The official image does not compile its own modules, and at run time the file system is read-only.
RUN python -m compileall -q -x '/(test|idlelib|lib2to3|tkinter|ensurepip)/' /usr/local/lib/python3.13 \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin service \
    # A new volume gets the owner of the folder under its mount point. Logstash, another account, only reads it.
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
