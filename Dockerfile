# syntax=docker/dockerfile:1
# RentCache as an image: `make image` builds it, docker-compose.yml and conf/k8s run it.
#
# It runs as user 10001 on a read-only root file system, and writes to /var/lib/rentcache (a volume: SQLite's file) and
# to /tmp (a tmpfs of 16 MB will do). Secrets come at run time, by variables or, better, by files that variables such as
# RENTCAST_API_KEY_FILE name; none is in a layer.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY pom.xml ./
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -q -DskipTests package

FROM eclipse-temurin:25-jre-alpine AS program
WORKDIR /opt/rentcache
COPY rentcache ./
COPY conf/rentcache.yaml conf/
COPY --from=build /build/target/rentcache.jar target/

# In a stage of its own, for what only the training needs.
FROM program AS trained
RUN apk add --no-cache curl=~8
# The native parts are unpacked here, as nothing that is on a container's tmpfs may be executed.
RUN cpu=$(uname -m) && unzip -q -j -d native target/rentcache.jar \
        "META-INF/native/libnetty_transport_native_epoll_${cpu%64}*" \
        "org/sqlite/native/Linux-Musl/$cpu/libsqlitejdbc.so"
RUN ./rentcache train

FROM program
LABEL org.opencontainers.image.title="RentCache" \
      org.opencontainers.image.description="A caching proxy for the Rentcast property-data API" \
      org.opencontainers.image.licenses="MIT"
COPY --from=trained /opt/rentcache/native native
COPY --from=trained /opt/rentcache/target/rentcache-25.aot target/
RUN addgroup -S -g 10001 rentcache \
    && adduser -S -D -H -u 10001 -G rentcache rentcache \
    && install -d -o rentcache -g rentcache -m 0700 /var/lib/rentcache
ENV DATABASE_URL=sqlite:////var/lib/rentcache/rentcache.db \
    LOG_FORMAT=json \
    JAVA_OPTS="-XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError"
USER 10001:10001
VOLUME /var/lib/rentcache
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["sh", "-c", "wget -q -O /dev/null \"http://127.0.0.1:${PORT:-8000}/health/ready\""]
ENTRYPOINT ["/opt/rentcache/rentcache"]
CMD ["serve"]
