FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN cargo build --release --locked

FROM scratch
COPY --from=build /src/target/release/ecs-bridge /ecs-bridge
USER 65532:65532
ENTRYPOINT ["/ecs-bridge"]
