# syntax=docker/dockerfile:1
# Debian that keeps the packages it fetches, in folders that builds share.
FROM debian:bookworm
RUN rm --force /etc/apt/apt.conf.d/90clean && echo 'APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/90keep
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install --yes --no-install-recommends python3
