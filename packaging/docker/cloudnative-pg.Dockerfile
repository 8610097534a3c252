# syntax=docker/dockerfile:1
# The extension alone, as CloudNativePG mounts it into a pod beside PostgreSQL 18 or newer (extension_control_path):
#     docker build -f packaging/docker/cloudnative-pg.Dockerfile -t midi_pipeline:0.2.0-18-bookworm .
# packaging/docker/cluster.yaml shows how a cluster takes it. DEBIAN is the release that the package was made on, and that of
# the cluster's image is the same or a newer one.
ARG DEBIAN=bookworm
FROM debian:${DEBIAN}-slim AS files

ARG PG_MAJOR=18
ARG TARGETARCH

RUN --mount=type=bind,source=.,target=/sources \
    /sources/packaging/docker/layout /sources/dist/postgresql-${PG_MAJOR}-midi-pipeline_*_${TARGETARCH}.deb /image

FROM scratch
COPY --from=files /image/ /
USER 65532:65532
