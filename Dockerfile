ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
WORKDIR /src
# pip stays in this stage: it fills the worker's environment from outside.
COPY requirements/image.txt requirements/build.txt requirements/sbom.txt requirements/
RUN python3 -m venv /opt/build \
 && python3 -m venv --without-pip /opt/worker \
 && /opt/build/bin/pip install --require-hashes -r requirements/build.txt \
 && /opt/build/bin/pip --python /opt/worker/bin/python install --require-hashes -r requirements/image.txt
COPY pyproject.toml README.md LICENSE ./
COPY worker worker
COPY bpmn bpmn
RUN /opt/build/bin/python -m hatchling build -t wheel -d /opt/build/wheel \
 && /opt/build/bin/pip --python /opt/worker/bin/python install --no-deps --no-index /opt/build/wheel/*.whl
# What is inside, for scanners: CycloneDX, read off the environment itself.
RUN python3 -m venv /opt/sbom \
 && /opt/sbom/bin/pip install --require-hashes -r requirements/sbom.txt \
 && /opt/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
      --output-file /opt/worker/sbom.cdx.json /opt/worker/bin/python
# Bytecode that is never checked against its source: the container's file system is read-only.
RUN /opt/worker/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/worker/lib

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="azure-openai-worker" \
      org.opencontainers.image.description="A Zeebe (Camunda 8) job worker that lets a BPMN process call Azure OpenAI" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/opt/worker/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 WORKER_MANAGEMENT_HOST=0.0.0.0
COPY --from=build /opt/worker /opt/worker
USER 65532:65532
STOPSIGNAL SIGTERM
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["azure-openai-worker", "health"]
ENTRYPOINT ["azure-openai-worker"]
CMD ["run"]
