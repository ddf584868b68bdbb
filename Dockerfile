# Two stages: the first builds, the second holds the binary and nothing that built it.

FROM rust:1.95-bookworm AS build
WORKDIR /footnote
COPY . .
RUN cargo build --release --locked --bin footnote

# The certificates of the public authorities are in the binary; it needs glibc and nothing else.
FROM debian:bookworm-slim
RUN install --directory --owner 65532 --group 65532 /data
COPY --from=build /footnote/target/release/footnote /usr/local/bin/footnote
ENV FOOTNOTE_DATA_DIR=/data
WORKDIR /data
VOLUME /data
USER 65532:65532
ENTRYPOINT ["footnote"]
CMD ["run"]
